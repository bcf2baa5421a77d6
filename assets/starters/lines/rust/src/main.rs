//! A server that does nothing yet: every line is answered with UNKNOWN_COMMAND.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;

struct Args {
    port: u16,
    working_dir: PathBuf,
}

fn main() {
    let args = parse_args().unwrap_or_else(|problem| fail(&problem));
    if let Err(error) = std::fs::create_dir_all(&args.working_dir) {
        fail(&format!("cannot create {}: {error}", args.working_dir.display()));
    }
    // std sets SO_REUSEADDR by itself. SIGTERM is not handled: it ends the program, whatever is in flight.
    let listener = TcpListener::bind(("127.0.0.1", args.port))
        .unwrap_or_else(|error| fail(&format!("cannot listen on port {}: {error}", args.port)));
    println!("listening on 127.0.0.1:{}, data in {}", args.port, args.working_dir.display());
    for stream in listener.incoming() {
        match stream {
            // An error of a connection means that the client is gone.
            Ok(stream) => drop(thread::spawn(move || serve(stream))),
            Err(error) => eprintln!("accept: {error}"),
        }
    }
}

fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?; // answers leave at once
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let answer = answer(line.strip_suffix(b"\r\n").unwrap_or(&line), &mut reader)?;
        stream.write_all(&answer)?;
        line.clear();
    }
    Ok(())
}

fn answer(line: &[u8], reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    // Start here: line is a command. reader.read_exact(&mut body) reads the bytes that follow it.
    let _ = (line, reader);
    Ok(b"UNKNOWN_COMMAND\r\n".to_vec())
}

fn parse_args() -> Result<Args, String> {
    let (mut port, mut working_dir) = (None, None);
    for argument in std::env::args().skip(1) {
        match argument.split_once('=') {
            Some(("--port", value)) => port = value.parse().ok(),
            Some(("--working-dir", value)) => working_dir = Some(PathBuf::from(value)),
            _ => {} // later stages pass more
        }
    }
    Ok(Args {
        port: port.ok_or("--port=NUMBER is needed")?,
        working_dir: working_dir.ok_or("--working-dir=PATH is needed")?,
    })
}

fn fail(problem: &str) -> ! {
    eprintln!("{problem}");
    std::process::exit(1)
}
