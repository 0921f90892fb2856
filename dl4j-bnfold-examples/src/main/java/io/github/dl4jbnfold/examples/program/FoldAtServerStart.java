package io.github.dl4jbnfold.examples.program;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.model.SavedGraph;
import io.github.dl4jbnfold.examples.model.ShapeImages;
import io.github.dl4jbnfold.examples.model.SmallNetwork;
import io.github.dl4jbnfold.report.FoldReport.KeptNorm;
import io.github.dl4jbnfold.verify.FoldingException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Serves a network whose batch normalizations are folded when the server starts: the model file
 * stays the one that was trained.
 *
 * <pre>{@code
 * mvn -q compile -Dprogram=FoldAtServerStart
 * mvn -q compile -Dprogram=FoldAtServerStart -Dexec.args="model.zip 3,32,32 8080"
 * curl localhost:8080/health
 * curl localhost:8080/predict -d @examples.json
 * }</pre>
 *
 * <p>3,32,32 is the shape of an example; port 0 takes a free one. Without arguments a small network
 * is served and asked, and the server stops.
 *
 * <ul>
 *   <li>{@code GET /health} answers 503 until the network is folded and has run, then 200 with what
 *       was folded.
 *   <li>{@code POST /predict} takes a JSON array of examples, numbers in row-major order, nested as
 *       you like, and answers with an array of outputs for each.
 *   <li>A fold that is refused is logged, and the network is served as it was trained.
 *   <li>DL4J's networks are not thread-safe, not even for outputs: requests use the network one
 *       after the other. ParallelInference, made of the folded network, would use copies of it.
 * </ul>
 */
public final class FoldAtServerStart implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FoldAtServerStart.class.getName());
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LARGEST_BODY = 1 << 24;
  private static final String USAGE = "Give no arguments, or three: model.zip 3,32,32 8080.";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private volatile @Nullable Served served;

  private record Served(ComputationGraph network, long[] shape, Health health) {}

  private record Health(
      boolean ready, List<String> folded, List<String> kept, @Nullable String refused) {}

  private record Answer(int status, Object body) {}

  /** Listens, to this machine only; nothing is served yet. */
  FoldAtServerStart(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/health", exchange -> answer(exchange, health()));
    server.createContext("/predict", exchange -> answer(exchange, predict(exchange)));
    server.setExecutor(threads);
    server.start();
  }

  /** Serves until the process is ended; ends it with 1 if that fails. */
  public static void main(String[] arguments) throws InterruptedException {
    try {
      if (arguments.length == 0) {
        demonstrate();
      } else {
        FoldAtServerStart server = start(arguments);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      }
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /** Serves what the arguments name. */
  static FoldAtServerStart start(String... arguments) throws IOException {
    if (arguments.length != 3) {
      throw new IOException(USAGE);
    }
    long[] shape;
    FoldAtServerStart server;
    try {
      shape = Arrays.stream(arguments[1].split(",")).mapToLong(Long::parseLong).toArray();
      server = new FoldAtServerStart(Integer.parseInt(arguments[2]));
    } catch (IllegalArgumentException e) {
      throw new IOException(USAGE, e);
    } catch (BindException e) {
      throw new IOException(
          "Port %s is in use. Give another one, or 0.".formatted(arguments[2]), e);
    }
    System.out.printf("http://localhost:%d/health%n", server.port());
    try {
      server.serve(SavedGraph.read(Path.of(arguments[0])), FoldingOptions.defaults(), shape);
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /** Folds, warms up, and answers from then on. */
  void serve(ComputationGraph trained, FoldingOptions options, long... shape) throws IOException {
    ComputationGraph network = trained;
    Health health;
    try {
      String input = trained.getConfiguration().getNetworkInputs().get(0);
      var folded = BatchNormFolding.foldCopy(trained, options.inputShape(input, batch(2, shape)));
      network = folded.network();
      List<String> kept = folded.report().kept().stream().map(KeptNorm::name).toList();
      health = new Health(true, folded.report().removed(), kept, null);
    } catch (FoldingException e) {
      LOG.log(System.Logger.Level.WARNING, "The network is served unfolded. " + e.getMessage());
      health = new Health(true, List.of(), List.of(), e.getMessage());
    }
    try {
      network.outputSingle(Nd4j.rand(network.params().dataType(), batch(1, shape)));
    } catch (RuntimeException e) {
      throw new IOException(
          "The network does not take examples of shape %s. Give another shape."
              .formatted(Arrays.toString(shape)),
          e);
    }
    served = new Served(network, shape.clone(), health);
  }

  private static long[] batch(long examples, long... shape) {
    return LongStream.concat(LongStream.of(examples), LongStream.of(shape)).toArray();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Listens no longer; requests that are under way get a second. */
  @Override
  public void close() {
    server.stop(1);
    threads.shutdown();
  }

  private Answer health() {
    Served now = served;
    return now == null
        ? new Answer(503, new Health(false, List.of(), List.of(), null))
        : new Answer(200, now.health);
  }

  private Answer predict(HttpExchange exchange) throws IOException {
    Served now = served;
    if (now == null) {
      return failure(503, "The network is being folded. Ask again in some seconds.");
    }
    try {
      byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY);
      return new Answer(200, outputs(now.network, examples(JSON.readTree(body), now.shape)));
    } catch (JsonProcessingException e) {
      return failure(400, "The body is no JSON of at most 16 MB. Send an array of numbers.");
    } catch (IllegalArgumentException e) {
      return failure(400, String.valueOf(e.getMessage()));
    }
  }

  private static INDArray examples(JsonNode body, long... shape) {
    double[] numbers = numbers(body).toArray();
    long size = LongStream.of(shape).reduce(1, (product, length) -> product * length);
    if (numbers.length == 0 || numbers.length % size != 0) {
      throw new IllegalArgumentException(
          "An example has %d numbers, of shape %s, and the body has %d."
              .formatted(size, Arrays.toString(shape), numbers.length));
    }
    return Nd4j.createFromArray(numbers).reshape(batch(numbers.length / size, shape));
  }

  private static DoubleStream numbers(JsonNode node) {
    if (node.isArray()) {
      return StreamSupport.stream(node.spliterator(), false)
          .flatMapToDouble(FoldAtServerStart::numbers);
    }
    if (!node.isNumber()) {
      throw new IllegalArgumentException("Send an array of numbers, with nothing else in it.");
    }
    return DoubleStream.of(node.doubleValue());
  }

  /** One request at a time. */
  private synchronized double[][] outputs(ComputationGraph network, INDArray examples) {
    INDArray outputs = network.outputSingle(examples.castTo(network.params().dataType()));
    return outputs.reshape(outputs.size(0), -1).toDoubleMatrix();
  }

  private static Answer failure(int status, String sentence) {
    return new Answer(status, Map.of("error", sentence));
  }

  private static void answer(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = JSON.writeValueAsBytes(answer.body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer.status, body.length);
    try (OutputStream stream = exchange.getResponseBody()) {
      stream.write(body);
    }
  }

  private static void demonstrate() throws IOException, InterruptedException {
    ComputationGraph network = SmallNetwork.create();
    network.fit(ShapeImages.batches(60, 32, 1), 2);
    try (FoldAtServerStart server = new FoldAtServerStart(0)) {
      server.serve(network, FoldingOptions.defaults(), 1, ShapeImages.SIZE, ShapeImages.SIZE);
      URI address = URI.create("http://localhost:" + server.port());
      HttpClient client = HttpClient.newHttpClient();
      HttpRequest health = HttpRequest.newBuilder(address.resolve("/health")).build();
      System.out.println("/health  " + client.send(health, BodyHandlers.ofString()).body());
      ShapeImages image = ShapeImages.generate(1, 2);
      String body = JSON.writeValueAsString(image.images().ravel().toDoubleVector());
      HttpRequest predict =
          HttpRequest.newBuilder(address.resolve("/predict"))
              .POST(BodyPublishers.ofString(body))
              .build();
      System.out.println("/predict " + client.send(predict, BodyHandlers.ofString()).body());
    }
  }
}
