//! A server that does nothing yet: every request is answered with 501.

mod http;

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;

use http::{Connection, Request, Response};

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
            Ok(stream) => drop(thread::spawn(move || serve(stream))),
            Err(error) => eprintln!("accept: {error}"),
        }
    }
}

/// One connection, request after request. An error means that the client is gone or does not speak HTTP.
fn serve(stream: TcpStream) {
    let Ok(mut connection) = Connection::new(stream) else { return };
    while let Ok(Some(request)) = connection.read() {
        let response = answer(&request);
        if connection.write(&response).is_err() || request.close {
            return;
        }
    }
}

fn answer(request: &Request) -> Response {
    // Start here: request.method, request.path, request.body.
    let _ = (&request.method, &request.path, &request.body);
    Response { status: 501, body: b"not implemented\n".to_vec() }
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
