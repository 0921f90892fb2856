package io.github.dl4jbnfold.examples.spark;

import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Two workers in this process, on no network and without pages. */
final class LocalSpark implements BeforeAllCallback, AfterAllCallback {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.app.name", "test",
          "spark.master", "local[2]",
          "spark.ui.enabled", "false",
          "spark.driver.host", "127.0.0.1",
          "spark.driver.bindAddress", "127.0.0.1");

  @Override
  public void beforeAll(ExtensionContext context) {
    SETTINGS.forEach(System::setProperty);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    SETTINGS.keySet().forEach(System::clearProperty);
  }
}
