package io.github.dl4jbnfold.examples.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.FoldingOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FoldAtServerStartTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final FoldingOptions DEFAULTS = FoldingOptions.defaults();

  @TempDir Path folder;

  private FoldAtServerStart server;

  @BeforeEach
  void start() throws IOException {
    server = new FoldAtServerStart(0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path));
  }

  private HttpResponse<String> health() throws Exception {
    return CLIENT.send(request("/health").build(), BodyHandlers.ofString());
  }

  private HttpRequest post(String body) {
    return request("/predict").POST(BodyPublishers.ofString(body)).build();
  }

  private HttpResponse<String> predict(String body) throws Exception {
    return CLIENT.send(post(body), BodyHandlers.ofString());
  }

  private static INDArray images(int count) {
    return Nd4j.rand(DataType.DOUBLE, count, 1, 16, 16);
  }

  private static String json(INDArray images) throws IOException {
    return JSON.writeValueAsString(images.reshape(images.size(0), -1).toDoubleMatrix());
  }

  /** Outputs of the unfolded network. */
  private static void assertOutputs(String body, INDArray expected, double error)
      throws IOException {
    INDArray outputs = Nd4j.createFromArray(JSON.readValue(body, double[][].class));
    assertThat(outputs.shape()).isEqualTo(expected.shape());
    assertThat(outputs.sub(expected.castTo(DataType.DOUBLE)).amaxNumber().doubleValue())
        .isLessThan(error);
  }

  @Test
  void nothing_is_served_before_the_fold() throws Exception {
    assertThat(health().statusCode()).isEqualTo(503);
    assertThat(predict("[]").statusCode()).isEqualTo(503);
  }

  @Test
  void predictions_are_those_of_the_unfolded_network() throws Exception {
    ComputationGraph network = Models.graph(DataType.DOUBLE);
    server.serve(network, DEFAULTS, 1, 16, 16);
    INDArray images = images(3);

    HttpResponse<String> answer = predict(json(images));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertOutputs(answer.body(), network.outputSingle(images), 1e-9);
    JsonNode health = JSON.readTree(health().body());
    assertThat(health.get("ready").asBoolean()).isTrue();
    assertThat(health.get("folded")).hasSize(4);
    assertThat(health.get("kept")).isEmpty();
  }

  @Test
  void many_requests_at_once_get_their_own_outputs() throws Exception {
    ComputationGraph network = Models.graph(DataType.DOUBLE);
    server.serve(network, DEFAULTS, 1, 16, 16);
    List<INDArray> expected = new ArrayList<>();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();

    for (int i = 0; i < 40; i++) {
      INDArray images = images(1 + i % 3);
      expected.add(network.outputSingle(images));
      answers.add(CLIENT.sendAsync(post(json(images)), BodyHandlers.ofString()));
    }

    for (int i = 0; i < answers.size(); i++) {
      assertOutputs(answers.get(i).get().body(), expected.get(i), 1e-9);
    }
  }

  @Test
  void a_refused_fold_serves_the_network_as_it_was_trained() throws Exception {
    ComputationGraph network = Models.graph(DataType.FLOAT);
    server.serve(network, DEFAULTS.tolerance(0), 1, 16, 16);
    INDArray images = images(2);

    HttpResponse<String> answer = predict(json(images));

    assertOutputs(answer.body(), network.outputSingle(images.castTo(DataType.FLOAT)), 1e-6);
    JsonNode health = JSON.readTree(health().body());
    assertThat(health.get("ready").asBoolean()).isTrue();
    assertThat(health.get("folded")).isEmpty();
    assertThat(health.get("refused").asText()).isNotEmpty();
  }

  @Test
  void bad_input_gets_400_and_a_sentence() throws Exception {
    server.serve(Models.graph(DataType.DOUBLE), DEFAULTS, 1, 16, 16);
    String counted = "An example has 256 numbers, of shape [1, 16, 16], and the body has %d.";
    String numbers = "Send an array of numbers, with nothing else in it.";
    Map<String, String> sentences =
        Map.of(
            "[1, 2", "The body is no JSON of at most 16 MB. Send an array of numbers.",
            "[[1, 2]]", counted.formatted(2),
            "[]", counted.formatted(0),
            "{\"a\": 1}", numbers,
            "[\"1\"]", numbers,
            "[null]", numbers,
            "", numbers);

    for (String body : sentences.keySet()) {
      HttpResponse<String> answer = predict(body);

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(JSON.readTree(answer.body()).get("error").asText()).isEqualTo(sentences.get(body));
    }
  }

  @Test
  void a_shape_that_the_network_does_not_take_is_refused_at_the_start() {
    assertThatThrownBy(() -> server.serve(Models.graph(DataType.DOUBLE), DEFAULTS, 3, 16, 16))
        .isInstanceOf(IOException.class)
        .hasMessage("The network does not take examples of shape [3, 16, 16]. Give another shape.");
  }

  @Test
  void a_file_of_layers_is_served_until_the_server_is_closed() throws Exception {
    server.close();
    Path model = folder.resolve("model.zip");
    Models.layers().save(model.toFile(), true);
    server = FoldAtServerStart.start(model.toString(), "" + Models.FEATURES, "0");
    INDArray rows = Nd4j.rand(DataType.DOUBLE, 2, Models.FEATURES);

    assertOutputs(predict(json(rows)).body(), Models.layers().output(rows), 1e-9);

    server.close();
    assertThatThrownBy(this::health).isInstanceOf(ConnectException.class);
  }

  @Test
  void a_port_in_use_is_named() {
    String port = "" + server.port();
    assertThatThrownBy(() -> FoldAtServerStart.start("model.zip", "1,16,16", port))
        .hasMessage("Port %s is in use. Give another one, or 0.", port);
  }
}
