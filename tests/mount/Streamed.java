// SPDX-License-Identifier: MIT
// Reads a zip file from standard input by the reader of Java that streams, and writes what it holds below a folder.

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

public class Streamed {
    public static void main(String[] args) throws Exception {
        try (ZipInputStream zip = new ZipInputStream(System.in)) {
            for (ZipEntry entry; (entry = zip.getNextEntry()) != null;) {
                Path path = Path.of(args[0], entry.getName());
                Files.createDirectories(path.getParent());
                Files.copy(zip, path);
            }
        }
    }
}
