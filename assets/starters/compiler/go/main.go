// A compiler that compiles nothing yet.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Mistake is something in a source that is not C: return it with the line and what is wrong there.
type Mistake struct {
	Line    int
	Message string
}

func (m Mistake) Error() string {
	return fmt.Sprintf("%d: %s", m.Line, m.Message)
}

var errNothingYet = errors.New("nothing is compiled yet")

// compile takes C and gives assembly.
func compile(text string) (string, error) {
	// Start here: text is the whole source. What main needs to return 42 on x86-64 is
	//
	//	.globl main
	//	main:
	//		movl $42, %eax
	//		ret
	return "", errNothingYet
}

func main() {
	var sources []string
	program := ""
	for i := 1; i < len(os.Args); i++ {
		if os.Args[i] == "-o" && i+1 < len(os.Args) {
			i++
			program = os.Args[i]
		} else {
			sources = append(sources, os.Args[i])
		}
	}
	if program == "" || len(sources) == 0 {
		fmt.Fprintln(os.Stderr, "usage: ./run.sh source.c -o program")
		os.Exit(2)
	}
	os.Exit(build(sources, program))
}

// build makes the program, and returns the exit status: 1 for a source that is wrong.
func build(sources []string, program string) int {
	folder, err := os.MkdirTemp("", "compiler-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	defer os.RemoveAll(folder)
	args := []string{"-o", program}
	for number, source := range sources {
		text, err := os.ReadFile(source)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
		assembly, err := compile(string(text))
		var mistake Mistake
		if errors.As(err, &mistake) {
			fmt.Fprintf(os.Stderr, "%s:%v\n", source, mistake)
			return 1
		} else if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v; compile in main.go is where to begin\n", source, err)
			return 2
		}
		file := filepath.Join(folder, fmt.Sprintf("%d.s", number))
		if err := os.WriteFile(file, []byte(assembly), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
		args = append(args, file)
	}
	// cc assembles, and links with the C library.
	linker := exec.Command("cc", args...)
	linker.Stdout, linker.Stderr = os.Stdout, os.Stderr
	if err := linker.Run(); err != nil {
		return 1
	}
	return 0
}
