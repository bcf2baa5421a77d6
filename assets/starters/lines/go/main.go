// A server that does nothing yet: every line is answered with UNKNOWN_COMMAND.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
)

func main() {
	port := flag.Int("port", 0, "port to listen on, at 127.0.0.1")
	workingDir := flag.String("working-dir", "", "the only directory to write to")
	flag.Parse() // a flag that is not declared ends the program: later stages pass more
	if *port == 0 || *workingDir == "" {
		log.Fatal("--port and --working-dir are needed")
	}
	if err := os.MkdirAll(*workingDir, 0o755); err != nil {
		log.Fatal(err)
	}

	address := fmt.Sprintf("127.0.0.1:%d", *port)
	listener, err := net.Listen("tcp", address) // Go sets SO_REUSEADDR by itself
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on %s, data in %s", address, *workingDir)
	// SIGTERM is not handled: it ends the program, whatever is in flight.
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(connection)
	}
}

func serve(connection net.Conn) {
	defer connection.Close()
	reader := bufio.NewReader(connection)
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return // the client is gone
		}
		if _, err := connection.Write(answer(strings.TrimRight(line, "\r\n"), reader)); err != nil {
			return
		}
	}
}

func answer(line string, reader *bufio.Reader) []byte {
	// Start here: line is a command. io.ReadFull(reader, body) reads the bytes that follow it.
	_, _ = line, reader
	return []byte("UNKNOWN_COMMAND\r\n")
}
