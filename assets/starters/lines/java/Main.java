// A server that does nothing yet: every line is answered with UNKNOWN_COMMAND.

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

public class Main {
    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(argument(args, "--port"));
        Path workingDir = Path.of(argument(args, "--working-dir"));
        Files.createDirectories(workingDir);

        // Java sets SO_REUSEADDR by itself, except on Windows. SIGTERM ends the program, whatever is in flight.
        var listener = new ServerSocket(port, 128, InetAddress.getByName("127.0.0.1"));
        System.out.println("listening on 127.0.0.1:" + port + ", data in " + workingDir);
        while (true) {
            Socket socket = listener.accept();
            new Thread(() -> serve(socket)).start();
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true); // answers leave at once
            var in = new BufferedInputStream(socket.getInputStream());
            for (String line = readLine(in); line != null; line = readLine(in)) {
                socket.getOutputStream().write(answer(line, in));
            }
        } catch (IOException gone) {
            // The client is gone.
        }
    }

    private static byte[] answer(String line, InputStream in) throws IOException {
        // Start here: line is a command. in.readNBytes(n) reads the n bytes that follow it.
        return "UNKNOWN_COMMAND\r\n".getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The next line without its end; null where the client is gone. Each byte is one character. */
    private static String readLine(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            line.write(next);
        }
        return null;
    }

    private static String argument(String[] args, String name) {
        for (String arg : args) { // later stages pass more
            if (arg.startsWith(name + "=")) {
                return arg.substring(name.length() + 1);
            }
        }
        System.err.println(name + "=… is needed");
        System.exit(1);
        return null;
    }
}
