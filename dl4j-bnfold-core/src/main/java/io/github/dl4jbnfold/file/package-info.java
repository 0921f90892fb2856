/**
 * Files of networks as DL4J's ModelSerializer writes them. A file is not trusted: no class that its
 * configuration names is loaded unless it is one of DL4J's or the caller's, no Java object in it is
 * deserialized, and no entry may be larger than its network needs.
 */
@NullMarked
package io.github.dl4jbnfold.file;

import org.jspecify.annotations.NullMarked;
