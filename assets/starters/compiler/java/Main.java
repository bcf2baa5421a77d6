// A compiler that compiles nothing yet.

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

public class Main {
    /** Something in a source that is not C: throw it with the line and what is wrong there. */
    static class Mistake extends RuntimeException {
        Mistake(int line, String message) {
            super(line + ": " + message);
        }
    }

    /** C in, assembly out. */
    static String compile(String text) {
        // Start here: text is the whole source. What main needs to return 42 on x86-64 is
        //
        //     .globl main
        //     main:
        //         movl $42, %eax
        //         ret
        throw new UnsupportedOperationException("nothing is compiled yet");
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        List<Path> sources = new ArrayList<>();
        Path program = null;
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("-o") && i + 1 < args.length) {
                program = Path.of(args[++i]);
            } else {
                sources.add(Path.of(args[i]));
            }
        }
        if (program == null || sources.isEmpty()) {
            System.err.println("usage: ./run.sh source.c -o program");
            System.exit(2);
        }
        Path folder = Files.createTempDirectory("compiler-");
        int status;
        try {
            status = build(sources, program, folder);
        } finally {
            for (int i = 0; i < sources.size(); i++) {
                Files.deleteIfExists(folder.resolve(i + ".s"));
            }
            Files.delete(folder);
        }
        System.exit(status);
    }

    /** Makes the program, and returns the exit status: 1 for a source that is wrong. */
    static int build(List<Path> sources, Path program, Path folder) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("cc", "-o", program.toString()));
        for (int i = 0; i < sources.size(); i++) {
            Path source = sources.get(i);
            String assembly;
            try {
                assembly = compile(Files.readString(source));
            } catch (Mistake mistake) {
                System.err.println(source + ":" + mistake.getMessage());
                return 1;
            } catch (UnsupportedOperationException error) {
                System.err.println(source + ": " + error.getMessage() + "; compile in Main.java is where to begin");
                return 2;
            }
            Path file = folder.resolve(i + ".s");
            Files.writeString(file, assembly);
            command.add(file.toString());
        }
        // cc assembles, and links with the C library.
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0 ? 0 : 1;
    }
}
