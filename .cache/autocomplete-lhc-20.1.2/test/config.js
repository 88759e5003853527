const { config } = require('../package.json');

module.exports = {
  port: config.testPort
}
