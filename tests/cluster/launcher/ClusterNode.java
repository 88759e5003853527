import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;

/**
 * Runs one OpenSearch node from jars on the class path; every argument is a setting, name=value.
 *
 * OpenSearch's own main class expects an unpacked distribution and refuses to run as root. This one hands the modules to
 * the node itself. The node ends when its standard input does: no test leaves one behind, however the test ends.
 */
public final class ClusterNode {
    private static final Set<String> LISTS = Set.of("discovery.seed_hosts", "cluster.initial_cluster_manager_nodes");

    private ClusterNode() {}

    public static void main(String[] arguments) throws Exception {
        Settings settings = settings(arguments);
        Files.createDirectories(Path.of(settings.get("path.home"), "config"));
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            settings, Map.of(), null, () -> settings.get("node.name"));
        Node node = Modules.node(environment);
        // An error in a thread of the server must end the process, as it does in the real distribution.
        Thread.setDefaultUncaughtExceptionHandler((thread, problem) -> {
            problem.printStackTrace();
            if (problem instanceof Error) {
                Runtime.getRuntime().halt(70);
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
        node.start();
        while (System.in.read() >= 0) {
            // Nothing is read but the end.
        }
        System.exit(0);
    }

    private static Settings settings(String[] arguments) {
        Settings.Builder builder = Settings.builder();
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            if (parts.length < 2) {
                throw new IllegalArgumentException("expected name=value, got " + argument);
            }
            if (LISTS.contains(parts[0])) {
                builder.putList(parts[0], parts[1].split(","));
            } else {
                builder.put(parts[0], parts[1]);
            }
        }
        return builder.build();
    }

    private static void close(Node node) {
        try {
            node.close();
        } catch (IOException problem) {
            problem.printStackTrace();
        }
    }
}
