package io.github.dl4jbnfold.examples.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/** What is wrong with a folder of HTML, one line each: empty if nothing is. */
final class SiteCheck {
  private static final String START = "index.html";
  private static final Pattern OUTSIDE = Pattern.compile("(?i)(https?:)?//.*");
  private static final Pattern NO_FILE = Pattern.compile("(?i)(data|mailto):.*");
  private static final Pattern STYLE_LOADS =
      Pattern.compile("(?i)@import|url\\(\\s*['\"]?(?!data:)");

  private final Path folder;
  private final Map<String, Document> pages = new TreeMap<>();
  private final Map<String, Set<String>> linked = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  private SiteCheck(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  static List<String> problems(Path folder) throws IOException {
    SiteCheck check = new SiteCheck(folder);
    check.run();
    return check.problems;
  }

  private void run() throws IOException {
    for (Path file : files()) {
      String name = folder.relativize(file).toString().replace('\\', '/');
      if (name.endsWith(".html")) {
        pages.put(name, Jsoup.parse(Files.readString(file)));
      } else if (name.endsWith(".css")) {
        checkStyle(name, Files.readString(file));
      }
    }
    pages.forEach(this::check);
    checkReachable();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private void check(String name, Document page) {
    linked.put(name, new TreeSet<>());
    for (Element element : page.select("a[href]")) {
      String link = element.attr("href");
      if (!OUTSIDE.matcher(link).matches() && !NO_FILE.matcher(link).matches()) {
        checkInside(name, link);
      }
    }
    for (Element element : page.select("[src], link[href]")) {
      String link = element.hasAttr("src") ? element.attr("src") : element.attr("href");
      if (OUTSIDE.matcher(link).matches()) {
        problems.add(name + " loads " + link);
      } else if (!NO_FILE.matcher(link).matches()) {
        checkInside(name, link);
      }
    }
    for (Element element : page.select("script, iframe, object, embed, base, [srcset]")) {
      problems.add(name + " has a " + element.tagName());
    }
    page.select("style, [style]")
        .forEach(styled -> checkStyle(name, styled.data() + styled.attr("style")));
  }

  private void checkStyle(String name, String style) {
    if (STYLE_LOADS.matcher(style).find()) {
      problems.add(name + " loads something by its style");
    }
  }

  private void checkInside(String from, String link) {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path file = path.isEmpty() ? folder.resolve(from) : folder.resolve(from).resolveSibling(path);
    file = file.normalize();
    if (!file.startsWith(folder) || !Files.isRegularFile(file)) {
      problems.add(from + " leads to " + link + ", which is not there");
      return;
    }
    String to = folder.relativize(file).toString().replace('\\', '/');
    linked.computeIfAbsent(from, page -> new TreeSet<>()).add(to);
    String anchor = hash < 0 ? "" : link.substring(hash + 1);
    Document page = pages.get(to);
    if (!anchor.isEmpty() && (page == null || page.getElementById(anchor) == null)) {
      problems.add(from + " leads to " + link + ", and there is no such heading");
    }
  }

  private void checkReachable() {
    Set<String> seen = new TreeSet<>(Set.of(START));
    Deque<String> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      for (String next : linked.getOrDefault(open.pop(), Set.of())) {
        if (seen.add(next)) {
          open.push(next);
        }
      }
    }
    pages.keySet().stream()
        .filter(page -> !seen.contains(page))
        .forEach(page -> problems.add("nothing leads to " + page));
  }
}
