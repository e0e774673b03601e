package countersign.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;
import org.osgi.service.cm.ConfigurationAdmin;
import org.apache.felix.fileinstall.ArtifactListener;

/** With the real framework and the real File Install: the launcher installs, File Install takes over. */
class BundleFolderTest {
    @TempDir
    Path home;

    private Path bundles;
    private Framework framework;
    private final List<String> events = new CopyOnWriteArrayList<>();

    @BeforeEach
    void image() throws IOException {
        bundles = Files.createDirectory(home.resolve("bundles"));
        for (Class<?> of : List.of(ArtifactListener.class, ConfigurationAdmin.class)) {
            Path jar = Path.of(of.getProtectionDomain().getCodeSource().getLocation().getPath());
            Files.copy(jar, bundles.resolve(jar.getFileName()));
        }
        bundle("countersign.one", "1.0.0", Map.of());
        bundle("countersign.host", "1.0.0", Map.of());
        bundle("countersign.piece", "1.0.0", Map.of("Fragment-Host", "countersign.host"));
    }

    @AfterEach
    void stop() throws BundleException, InterruptedException {
        if (framework != null) {
            framework.stop();
            framework.waitForStop(60_000);
        }
    }

    @Test
    void installedBundles_startInLevelsAndAreNotTouchedByTheTakeOver() throws Exception {
        start();
        assertEquals(Bundle.ACTIVE, find("countersign.one", "1.0.0").getState());
        assertEquals(Bundle.RESOLVED, find("countersign.piece", "1.0.0").getState());
        assertTrue(events.indexOf("STARTED org.apache.felix.configadmin") < events.indexOf("STARTED countersign.one"), events::toString);
        assertTrue(events.indexOf("STARTED countersign.one") < events.indexOf("STARTED org.apache.felix.fileinstall"), events::toString);

        // The bundle dropped in shows that File Install has looked at the folder, at every file of it.
        bundle("countersign.two", "1.0.0", Map.of());
        await(() -> find("countersign.two", "1.0.0") != null && find("countersign.two", "1.0.0").getState() == Bundle.ACTIVE);
        assertEquals(List.of(), events.stream().filter(e -> e.startsWith("UPDATED") || e.startsWith("STOPPED")).toList());
    }

    @Test
    void newerVersionDroppedIn_runsBesideTheOldUntilItsJarGoes() throws Exception {
        start();
        bundle("countersign.one", "1.0.1", Map.of());
        await(() -> find("countersign.one", "1.0.1") != null && find("countersign.one", "1.0.1").getState() == Bundle.ACTIVE);
        assertEquals(Bundle.ACTIVE, find("countersign.one", "1.0.0").getState());

        Files.delete(bundles.resolve("countersign.one-1.0.0.jar"));
        await(() -> find("countersign.one", "1.0.0") == null);
        assertEquals(Bundle.ACTIVE, find("countersign.one", "1.0.1").getState());
        assertEquals(List.of("STOPPED countersign.one"), events.stream().filter(e -> e.startsWith("STOPPED")).toList());
    }

    @Test
    void jarThatIsNoBundle_isSaidAndTheOthersStart() throws Exception {
        Files.writeString(bundles.resolve("broken.jar"), "no jar");
        start();
        assertEquals(Bundle.ACTIVE, find("countersign.one", "1.0.0").getState());
    }

    @Test
    void folderOthersMayWrite_isRefused() throws IOException {
        Files.setPosixFilePermissions(bundles, PosixFilePermissions.fromString("rwxrwxrwx"));
        var refused = assertThrows(CannotGuardException.class, this::start);
        assertEquals(bundles + " can be written by every user; run: chmod o-w " + bundles, refused.getMessage());
    }

    @Test
    void emptyFolder_isRefused() throws IOException {
        try (var files = Files.list(bundles)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        assertEquals("no bundles in " + bundles, assertThrows(CannotGuardException.class, this::start).getMessage());
    }

    private void start() throws Exception {
        framework = new FrameworkFactory().newFramework(FrameworkSettings.of(home, home.resolve("c.json"), home.resolve("run")));
        framework.init();
        BundleContext context = framework.getBundleContext();
        context.addBundleListener((org.osgi.framework.SynchronousBundleListener) event -> events.add(name(event)));
        new BundleFolder(bundles).install(context);
        framework.start();
        assertNotNull(find("org.apache.felix.fileinstall", "3.7.4"));
    }

    private static String name(BundleEvent event) {
        String type = switch (event.getType()) {
            case BundleEvent.STARTED -> "STARTED";
            case BundleEvent.STOPPED -> "STOPPED";
            case BundleEvent.UPDATED -> "UPDATED";
            default -> "OTHER";
        };
        return type + " " + event.getBundle().getSymbolicName();
    }

    private Bundle find(String name, String version) {
        for (Bundle bundle : framework.getBundleContext().getBundles()) {
            if (name.equals(bundle.getSymbolicName()) && version.equals(bundle.getVersion().toString())) {
                return bundle;
            }
        }
        return null;
    }

    /* Written beside and moved in, as an operator should. */
    private void bundle(String name, String version, Map<String, String> more) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.putValue("Manifest-Version", "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name);
        main.putValue("Bundle-Version", version);
        more.forEach(main::putValue);
        Path made = home.resolve("made.jar");
        new JarOutputStream(Files.newOutputStream(made), manifest).close();
        Files.move(made, bundles.resolve(name + "-" + version + ".jar"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void await(BooleanSupplier state) throws InterruptedException {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!state.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not reached in 60 s");
            Thread.sleep(10);
        }
    }
}
