// A server that does nothing yet: every request is answered with 501.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
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

	// Not a ServeMux: it answers paths such as /kv//a with a redirect of its own.
	server := &http.Server{
		Addr:    fmt.Sprintf("127.0.0.1:%d", *port), // Go sets SO_REUSEADDR by itself
		Handler: http.HandlerFunc(answer),
	}

	terminated, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		<-terminated.Done()
		deadline, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := server.Shutdown(deadline); err != nil {
			log.Print(err)
		}
	}()

	log.Printf("listening on %s, data in %s", server.Addr, *workingDir)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	<-finished
}

func answer(w http.ResponseWriter, r *http.Request) {
	// Read the body even when it is not needed: the next request follows it.
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}

	// Start here: r.Method is the method, r.URL.Path the path, body the bytes sent.
	_ = body
	reply(w, http.StatusNotImplemented, "not implemented\n")
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}
