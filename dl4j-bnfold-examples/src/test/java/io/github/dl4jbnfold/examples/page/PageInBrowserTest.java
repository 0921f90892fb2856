package io.github.dl4jbnfold.examples.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page where a Chromium or Chrome is on the path. */
class PageInBrowserTest {
  private static final int WIDE = 1200;
  private static final int PHONE = 390;
  private static final int HEIGHT = 844;

  @TempDir static Path folder;

  private static Browser browser;

  private static String deep = "";
  private static String shapes = "";

  @BeforeAll
  static void open() throws IOException, InterruptedException {
    Optional<Path> program = Browser.program();
    if (program.isEmpty()) {
      return;
    }
    browser = Browser.start(program.orElseThrow());
    deep = write("deep.html", FoldPage.of(Pages.deep()));
    shapes = write("shapes.html", FoldPage.of(Pages.shapes(false)));
  }

  @BeforeEach
  void skipWithoutABrowser() {
    assumeTrue(browser != null, "there is no chromium or google-chrome on the PATH");
  }

  @AfterAll
  static void close() throws IOException {
    if (browser != null) {
      browser.close();
    }
  }

  private static String write(String name, String page) throws IOException {
    return Files.writeString(folder.resolve(name), page).toUri().toString();
  }

  private static String text(String expression) throws InterruptedException {
    return browser.evaluate(expression).asText();
  }

  private static double number(String expression) throws InterruptedException {
    return browser.evaluate(expression).asDouble();
  }

  private static boolean holds(String expression) throws InterruptedException {
    return browser.evaluate(expression).asBoolean();
  }

  @Test
  void it_loads_nothing_and_complains_of_nothing() throws InterruptedException {
    for (String page : new String[] {deep, shapes}) {
      browser.open(page, WIDE, HEIGHT, false);
      assertThat(browser.complaints()).isEmpty();
      assertThat(browser.requests()).containsExactly(page);
    }
  }

  @Test
  void on_a_phone_nothing_but_boxes_scrolls_sideways() throws InterruptedException {
    for (String page : new String[] {deep, shapes}) {
      browser.open(page, PHONE, HEIGHT, false);
      assertThat(number("document.documentElement.scrollWidth")).isLessThanOrEqualTo(PHONE);
      browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
      assertThat(number("document.documentElement.scrollWidth")).isLessThanOrEqualTo(PHONE);
    }
  }

  @Test
  void it_is_dark_where_that_is_preferred() throws InterruptedException {
    String ground = "getComputedStyle(document.body).backgroundColor";
    String node = "getComputedStyle(document.querySelector('#a .node.is-same > rect')).fill";
    browser.open(shapes, WIDE, HEIGHT, false);
    assertThat(text(ground)).isEqualTo("rgb(255, 255, 255)");
    String light = text(node);
    browser.media(true);
    assertThat(text(ground)).isEqualTo("rgb(15, 20, 25)");
    assertThat(text(node)).isNotEqualTo(light);
  }

  @Test
  void hovering_and_focusing_what_stayed_tells_why() throws InterruptedException {
    String tip = "document.getElementById('tip')";
    browser.open(shapes, WIDE, HEIGHT, false);
    browser.evaluate("document.querySelector('#network').scrollIntoView({behavior: 'instant'})");
    browser.moveTo(2, 2);
    comesTrue(tip + ".hidden");
    String box = "document.querySelector('#a .is-kept > rect').getBoundingClientRect()";
    browser.moveTo(number(box + ".x") + 20, number(box + ".y") + 20);
    comesTrue("!" + tip + ".hidden && " + tip + ".textContent.includes('SHIFT_CONFLICT')");
    browser.moveTo(2, 2);
    comesTrue(tip + ".hidden");
    browser.evaluate("document.querySelector('#a .is-kept').focus()");
    comesTrue("!" + tip + ".hidden && " + tip + ".textContent.includes('SHIFT_CONFLICT')");
    browser.press("Escape");
    comesTrue(tip + ".hidden");
  }

  /** A browser handles input when it likes: waits for it, but not for ever. */
  private static void comesTrue(String condition) throws InterruptedException {
    String came =
        "new Promise(done => { const end = Date.now() + 20000; const look = () => (%s) ? done(true)"
            + " : Date.now() > end ? done(false) : requestAnimationFrame(look); look(); })";
    assertThat(holds(came.formatted(condition))).as(condition).isTrue();
  }

  @Test
  void a_region_opens_and_closes_by_mouse_and_by_keyboard() throws InterruptedException {
    browser.open(deep, WIDE, HEIGHT, false);
    String height = "document.getElementById('a').viewBox.baseVal.height";
    double closed = number(height);
    browser.evaluate("document.querySelector('#a .region > .closed').focus()");
    browser.press("Enter");
    comesTrue(height + " > " + closed);
    comesTrue("document.activeElement.matches('.head')");
    browser.press("Enter");
    comesTrue(height + " === " + closed);
    browser.evaluate(
        "document.querySelector('#a .region > .closed').dispatchEvent(new MouseEvent('click',"
            + " {bubbles: true}))");
    assertThat(number(height)).isGreaterThan(closed);
    browser.evaluate("document.querySelector('[data-do=open]').click()");
    assertThat(number("document.querySelectorAll('#a .region:not(.open)').length")).isZero();
    browser.evaluate("document.querySelector('[data-do=close]').click()");
    assertThat(number(height)).isEqualTo(closed);
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void the_script_places_boxes_where_the_page_was_written_with_them() throws InterruptedException {
    String places =
        "[...document.querySelectorAll('#a .node, #a .links path')].filter(e =>"
            + " e.getClientRects().length).map(e => (e.getAttribute('transform') ||"
            + " e.getAttribute('d')).match(/-?[0-9.]+/g).map(Number))";
    browser.open(shapes, WIDE, HEIGHT, false);
    JsonNode placed = browser.evaluate(places);
    Document page = Jsoup.parse(FoldPage.of(Pages.shapes(false)));
    List<String> written =
        page.select("#a .node, #a .links path").stream()
            .filter(
                e ->
                    e.parents().stream()
                        .noneMatch(p -> p.hasClass("region") && !p.hasClass("open")))
            .map(e -> e.hasAttr("transform") ? e.attr("transform") : e.attr("d"))
            .toList();
    assertThat(written).hasSize(placed.size());
    for (int i = 0; i < written.size(); i++) {
      double[] numbers =
          Pattern.compile("-?[0-9.]+")
              .matcher(written.get(i))
              .results()
              .mapToDouble(m -> Double.parseDouble(m.group()))
              .toArray();
      assertThat(placed.get(i).size()).isEqualTo(numbers.length);
      for (int j = 0; j < numbers.length; j++) {
        assertThat(placed.get(i).get(j).asDouble()).isCloseTo(numbers[j], within(1.0));
      }
    }
  }

  @Test
  void a_link_in_the_table_shows_the_node_even_in_a_closed_region() throws InterruptedException {
    browser.open(deep, WIDE, HEIGHT, false);
    browser.evaluate("document.querySelector('#removed summary').click()");
    browser.evaluate("document.querySelector('#removed a').click()");
    browser.evaluate("new Promise(done => setTimeout(done, 800))");
    assertThat(text("document.activeElement.dataset.tip")).startsWith("norm2");
    assertThat(holds("document.activeElement.getClientRects().length > 0")).isTrue();
    double top = number("document.activeElement.getBoundingClientRect().top");
    assertThat(top).isBetween(0.0, (double) HEIGHT);
    browser.evaluate("document.querySelector('nav a[href=\"#memory\"]').click()");
    assertThat(text("location.hash")).isEqualTo("#memory");
  }

  @Test
  void zooming_changes_the_drawing_and_not_the_page() throws InterruptedException {
    browser.open(shapes, WIDE, HEIGHT, false);
    String width = "document.getElementById('a').width.baseVal.value";
    double before = number(width);
    browser.evaluate("document.querySelector('[data-do=in]').click()");
    assertThat(number(width)).isGreaterThan(before * 1.2);
    for (int i = 0; i < 9; i++) {
      browser.evaluate("document.querySelector('[data-do=in]').click()");
    }
    assertThat(number("document.documentElement.scrollWidth")).isLessThanOrEqualTo(WIDE);
    browser.evaluate("document.querySelector('[data-do=fit]').click()");
    assertThat(number("document.getElementById('a').height.baseVal.value"))
        .isLessThanOrEqualTo(number("document.querySelector('.view').clientHeight") + 2);
  }
}
