// A server that does nothing yet: every request is answered with 501.

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;

public class Main {
    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(argument(args, "--port"));
        Path workingDir = Path.of(argument(args, "--working-dir"));
        Files.createDirectories(workingDir);

        // Java sets SO_REUSEADDR by itself, except on Windows.
        var address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
        HttpServer server = HttpServer.create(address, 128);
        server.createContext("/", Main::answer);
        server.setExecutor(Executors.newCachedThreadPool()); // without one, requests wait for each other

        // SIGTERM runs this: requests in flight have a second to finish.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(1)));
        server.start();
        System.out.println("listening on 127.0.0.1:" + port + ", data in " + workingDir);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            // Read the body even when it is not needed: the next request follows it.
            byte[] body = exchange.getRequestBody().readAllBytes();

            // Start here: exchange.getRequestMethod(), exchange.getRequestURI().getPath(), body.
            reply(exchange, 501, "not implemented\n");
        }
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        // -1 means that there is no body; 0 would mean one of unknown length.
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
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
