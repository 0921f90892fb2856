package io.github.dl4jbnfold.examples.site;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Where the links of the repository's pages lead to in the site. */
final class Links {
  private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:.*");
  private static final String INDEX = "index.html";

  private final Path root;
  private final Set<String> pages;
  private final Set<String> files = new LinkedHashSet<>();

  /**
   * @param root of the repository
   * @param pages the sources of all pages
   */
  Links(Path root, Set<String> pages) {
    this.root = root;
    this.pages = Set.copyOf(pages);
  }

  /** What is linked to and is no page: copied to the same place of the site. */
  Set<String> files() {
    return Set.copyOf(files);
  }

  /**
   * The link for the site. One that leads nowhere stays as it is.
   *
   * @param page that it stands on
   * @param destination as it stands there
   */
  String inSite(SourcePage page, String destination) {
    if (destination.startsWith("#") || SCHEME.matcher(destination).matches()) {
      return destination;
    }
    int hash = destination.indexOf('#');
    String path = hash < 0 ? destination : destination.substring(0, hash);
    String fragment = hash < 0 ? "" : destination.substring(hash);
    Path source = Path.of(page.source());
    String target = slashes(source.resolveSibling(path).normalize());
    if (pages.contains(target)) {
      return relative(page.target(), new SourcePage(target).target()) + fragment;
    }
    Path there = root.resolve(target);
    if (Files.isDirectory(there)) {
      return relative(page.target(), target + "/" + INDEX) + fragment;
    }
    if (Files.isRegularFile(there) && there.normalize().startsWith(root.normalize())) {
      files.add(target);
    }
    return destination;
  }

  /** The link from one file of the site to another one. */
  static String relative(String from, String to) {
    Path folder = Path.of(from).getParent();
    return folder == null ? to : slashes(folder.relativize(Path.of(to)));
  }

  /** The file of the site that a link from one of its files names. */
  static String inRoot(String from, String link) {
    return slashes(Path.of(from).resolveSibling(link).normalize());
  }

  static String slashes(Path path) {
    return path.toString().replace('\\', '/');
  }
}
