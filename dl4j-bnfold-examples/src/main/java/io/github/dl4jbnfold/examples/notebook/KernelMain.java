package io.github.dl4jbnfold.examples.notebook;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;

/**
 * The program that Jupyter starts: the kernel of {@link JupyterKernel}, with two repairs of its
 * release {@value JupyterKernel#VERSION}, for faults that a busy machine shows every few starts.
 *
 * <ul>
 *   <li>It listens before it knows what to do with a message. Jupyter's first question, which may
 *       wait for it already, then ends the thread that listens, and the kernel never answers. Here
 *       such a message is ignored, and Jupyter asks again.
 *   <li>Sometimes no message reaches it though it is connected. Jupyter asks every kernel something
 *       at once; one that has heard nothing closes its connections here and listens anew, where
 *       Jupyter finds it again.
 * </ul>
 *
 * <p>By reflection, because the kernel's jar brings versions of libraries that must not meet those
 * of Deeplearning4j when this project is compiled and tested.
 */
public final class KernelMain {
  private static final String PACKAGE = "org.rapaio.jupyter.kernel.";
  private static final long PATIENCE_MILLIS = 4000;
  private static final long GLANCE_MILLIS = 50;

  private final Class<?> type = kernelClass("channels.Channels");
  private final Class<?> properties = kernelClass("core.ConnectionProperties");
  private final Field handlers = type.getDeclaredField("handlers");
  private final Object kernel;
  private final Object connection;

  private KernelMain(Path file) throws IOException, ReflectiveOperationException {
    handlers.setAccessible(true);
    Class<?> app = kernelClass("MainApp");
    logAs(app);
    kernel = app.getField("kernel").get(null);
    connection =
        kernelClass("core.Transform")
            .getMethod("fromJson", String.class, Class.class)
            .invoke(null, Files.readString(file), properties);
  }

  /**
   * Runs the kernel until Jupyter ends it.
   *
   * @param arguments the file in which Jupyter says where to listen
   */
  public static void main(String[] arguments)
      throws IOException, ReflectiveOperationException, InterruptedException {
    KernelMain main = new KernelMain(Path.of(arguments[0]));
    while (!main.listen()) {
      System.err.println("The kernel has heard nothing from Jupyter, and listens anew.");
    }
    // Threads of cells would keep the process for a minute more.
    System.exit(0);
  }

  /** Serves Jupyter until its end; false, with all connections closed, if it asked for nothing. */
  private boolean listen() throws ReflectiveOperationException, InterruptedException {
    Object channels = type.getConstructor(properties).newInstance(connection);
    Handlers early = new Handlers(Map.of());
    handlers.set(channels, early);
    type.getMethod("connect", kernelClass("core.RapaioKernel")).invoke(channels, kernel);
    Handlers all = new Handlers((Map<?, ?>) handlers.get(channels));
    handlers.set(channels, all);
    for (long waited = 0; !early.asked && !all.asked; waited += GLANCE_MILLIS) {
      if (waited >= PATIENCE_MILLIS) {
        type.getMethod("close").invoke(channels);
        return false;
      }
      Thread.sleep(GLANCE_MILLIS);
    }
    type.getMethod("joinUntilClose").invoke(channels);
    return true;
  }

  /** What to do with messages, by their type; remembers whether there was one. */
  private static final class Handlers extends HashMap<Object, Object> {
    private static final long serialVersionUID = 1;

    private volatile boolean asked;

    Handlers(Map<?, ?> handlers) {
      super(handlers);
    }

    @Override
    public @Nullable Object get(@Nullable Object type) {
      asked = true;
      return super.get(type);
    }
  }

  private static void logAs(Class<?> app) throws IOException {
    try (@Nullable InputStream settings =
        app.getClassLoader().getResourceAsStream("logging.properties")) {
      if (settings != null) {
        LogManager.getLogManager().readConfiguration(settings);
      }
    }
  }

  private static Class<?> kernelClass(String name) throws ClassNotFoundException {
    return Class.forName(PACKAGE + name);
  }
}
