/**
 *  Configuration for the location of the test page files.
 */
export const TestPages = {
  autocomp_atr: 'test/pages/autocomp_atr.html',
  directiveTest: 'test/pages/directiveTest.html',
  autocomp_test: 'test/pages/autoComp_test.html',
  recordDataRequester_test: 'test/pages/recordDataRequester_test.html'
}
