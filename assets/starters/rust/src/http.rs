//! As much HTTP/1.1 as the challenge needs: a request line, headers, and a body whose length is announced.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

pub struct Request {
    pub method: String,
    pub path: String,
    pub body: Vec<u8>,
    /// The connection ends after the answer.
    pub close: bool,
}

pub struct Response {
    pub status: u16,
    pub body: Vec<u8>,
}

pub struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?; // answers leave at once
        Ok(Self { reader: BufReader::new(stream) })
    }

    /// The next request; `None` when the client has closed the connection.
    pub fn read(&mut self) -> io::Result<Option<Request>> {
        let Some(line) = self.line()? else { return Ok(None) };
        let mut words = line.split(' ');
        let (Some(method), Some(path), Some(version)) = (words.next(), words.next(), words.next()) else {
            return Err(invalid("not a request line"));
        };
        let (method, path) = (method.to_owned(), path.to_owned());
        let mut close = version != "HTTP/1.1";
        let mut length = 0;
        let mut expects = false;
        loop {
            let header = self.line()?.ok_or_else(|| invalid("the headers end early"))?;
            if header.is_empty() {
                break;
            }
            let (name, value) = header.split_once(':').ok_or_else(|| invalid("not a header"))?;
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().map_err(|_| invalid("not a length"))?,
                "transfer-encoding" => return Err(invalid("chunked bodies are not read")),
                "connection" if value.eq_ignore_ascii_case("close") => close = true,
                "expect" => expects = value.eq_ignore_ascii_case("100-continue"),
                _ => {}
            }
        }
        if expects && length > 0 {
            // curl asks before it sends a large body.
            self.reader.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let mut body = Vec::new();
        (&mut self.reader).take(length).read_to_end(&mut body)?;
        if (body.len() as u64) < length {
            return Err(invalid("the body ends early"));
        }
        Ok(Some(Request { method, path, body, close }))
    }

    pub fn write(&mut self, response: &Response) -> io::Result<()> {
        let reason = match response.status {
            200 => "OK",
            400 => "Bad Request",
            404 => "Not Found",
            405 => "Method Not Allowed",
            501 => "Not Implemented",
            _ => "Status",
        };
        let mut bytes = format!(
            "HTTP/1.1 {} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
            response.status,
            response.body.len()
        )
        .into_bytes();
        bytes.extend_from_slice(&response.body);
        self.reader.get_mut().write_all(&bytes)
    }

    fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        if (&mut self.reader).take(64 * 1024).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if !line.ends_with('\n') {
            return Err(invalid("a line ends early"));
        }
        Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
    }
}

fn invalid(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}
