package countersign.launcher;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program of the image that needs no framework, run in this process from the jars of one folder.
 *
 * @param folder holds the program and everything it needs
 * @param mainClass has {@code public static void main(String[])} and ends the process itself to set an exit status
 */
record ImageTool(Path folder, String mainClass) {

    /** Returns 0 when the program's main method returns; a program that fails exits by itself. */
    int run(String[] args) {
        try {
            // Not closed: the program may leave threads that still load classes.
            @SuppressWarnings("resource")
            URLClassLoader loader = new URLClassLoader(mainClass, jars(), ClassLoader.getPlatformClassLoader());
            Thread.currentThread().setContextClassLoader(loader);
            Class<?> program = loader.loadClass(mainClass);
            program.getMethod("main", String[].class).invoke(null, (Object) args);
            return ExitCode.OK;
        } catch (ClassNotFoundException | NoSuchMethodException | IOException e) {
            System.err.println("countersign: this image has no " + mainClass + " in " + folder + " (" + e.getMessage() + ")");
            return ExitCode.CANNOT_GUARD;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(mainClass + " is not public", e);
        } catch (InvocationTargetException e) {
            e.getCause().printStackTrace();
            return 1;
        }
    }

    private URL[] jars() throws IOException {
        List<URL> urls = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.jar")) {
            for (Path jar : found) {
                urls.add(url(jar));
            }
        }
        return urls.toArray(URL[]::new);
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException("a file is a URL", e);
        }
    }
}
