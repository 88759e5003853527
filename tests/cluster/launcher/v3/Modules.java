import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.Analyzer;
import org.opensearch.Version;
import org.opensearch.analysis.common.CommonAnalysisModulePlugin;
import org.opensearch.env.Environment;
import org.opensearch.index.analysis.AnalyzerProvider;
import org.opensearch.index.analysis.PreBuiltAnalyzerProviderFactory;
import org.opensearch.index.mapper.MapperExtrasModulePlugin;
import org.opensearch.index.reindex.ReindexModulePlugin;
import org.opensearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.opensearch.node.Node;
import org.opensearch.painless.PainlessModulePlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.PluginInfo;
import org.opensearch.transport.Netty4ModulePlugin;

/** The modules of an OpenSearch 3 node. */
final class Modules {
    private Modules() {}

    static Node node(Environment environment) {
        return new ClassPathNode(environment, List.of(
            Netty4ModulePlugin.class, Analysis.class, MapperExtrasModulePlugin.class, ReindexModulePlugin.class, PainlessModulePlugin.class));
    }

    private static final class ClassPathNode extends Node {
        ClassPathNode(Environment environment, Collection<Class<? extends Plugin>> modules) {
            super(environment, modules.stream().map(ClassPathNode::described).collect(Collectors.toList()), true);
        }

        private static PluginInfo described(Class<? extends Plugin> module) {
            String name = module.getName();
            return new PluginInfo(name, "module", "none", Version.CURRENT, "21", name, null, List.of(), false);
        }
    }

    /** The analyzers without the Thai one: every index makes it, and small Java runtimes lack what it asks for. */
    public static final class Analysis extends CommonAnalysisModulePlugin {
        @Override
        public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
            Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> all = new TreeMap<>(super.getAnalyzers());
            all.remove("thai");
            return all;
        }

        @Override
        public List<PreBuiltAnalyzerProviderFactory> getPreBuiltAnalyzerProviderFactories() {
            return super.getPreBuiltAnalyzerProviderFactories().stream()
                .filter(factory -> !factory.getName().equals("thai"))
                .collect(Collectors.toList());
        }
    }
}
