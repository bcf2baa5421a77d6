//! PostgreSQL in a folder of its own, and as much of its protocol as plain queries need.

use std::fs::{self, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The folder of PostgreSQL's programs: Debian has one for each version, and none of them in the PATH.
pub(super) fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.into_iter().rfind(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// A server that listens on a socket in its folder and nowhere else.
pub(super) struct Postgres {
    dir: TempDir,
    server: Child,
}

/// The server refuses to run as root. Debian's package has a user for it.
fn program(path: &Path) -> Command {
    if !is_root() {
        return Command::new(path);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(path);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout == b"0\n")
}

impl Postgres {
    pub(super) fn start(programs: &Path) -> Postgres {
        let dir = tempfile::Builder::new().permissions(Permissions::from_mode(0o755)).tempdir().unwrap();
        let data = dir.path().join("data");
        fs::create_dir(&data).unwrap();
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(dir.path()).arg(&data).status();
            assert!(owned.unwrap().success());
        }
        let made = program(&programs.join("initdb"))
            .args(["--username=lsfr", "--auth=trust", "--no-sync", "--no-instructions", "--locale=C", "--pgdata"])
            .arg(&data)
            .current_dir(dir.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let server = program(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(dir.path())
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "deadlock_timeout=10ms"])
            .current_dir(dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let postgres = Postgres { dir, server };
        let began = Instant::now();
        while let Err(error) = Connection::open(&postgres.socket()) {
            assert!(began.elapsed() < Duration::from_secs(60), "{error}");
            thread::sleep(Duration::from_millis(50));
        }
        postgres
    }

    pub(super) fn connect(&self) -> Connection {
        Connection::open(&self.socket()).unwrap()
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join(".s.PGSQL.5432")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGQUIT ends the server and the processes that it has made. (A test that fails must not leave them.)
        let _ = Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
    }
}

/// Why a statement was not done: the code of its class, as the standard has them.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) code: String,
    #[expect(dead_code, reason = "shown where a test fails")]
    message: String,
}

/// One session.
pub(super) struct Connection {
    stream: UnixStream,
}

impl Connection {
    fn open(socket: &Path) -> io::Result<Connection> {
        let mut connection = Connection { stream: UnixStream::connect(socket)? };
        let mut start = Vec::from(196_608_u32.to_be_bytes());
        start.extend(b"user\0lsfr\0database\0postgres\0\0");
        connection.stream.write_all(&(start.len() as u32 + 4).to_be_bytes())?;
        connection.stream.write_all(&start)?;
        match connection.answer()? {
            Ok(_) => Ok(connection),
            // While it starts, it refuses.
            Err(failure) => Err(io::Error::other(format!("{failure:?}"))),
        }
    }

    /// The first column of each row.
    pub(super) fn query(&mut self, sql: &str) -> Result<Vec<String>, Failure> {
        let mut message = vec![b'Q'];
        message.extend((sql.len() as u32 + 5).to_be_bytes());
        message.extend(sql.as_bytes());
        message.push(0);
        self.stream.write_all(&message).unwrap();
        self.answer().unwrap()
    }

    /// Everything up to where the server is ready for the next query.
    fn answer(&mut self) -> io::Result<Result<Vec<String>, Failure>> {
        let mut rows = Vec::new();
        let mut failure = None;
        loop {
            let mut head = [0; 5];
            if let Err(error) = self.stream.read_exact(&mut head) {
                // A failure of the start is the last that it says.
                return failure.map(Err).ok_or(error);
            }
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
            let mut body = vec![0; length as usize - 4];
            self.stream.read_exact(&mut body)?;
            match head[0] {
                // A row: how many columns, then the length of each and its text.
                b'D' => {
                    let length = u32::from_be_bytes([body[2], body[3], body[4], body[5]]) as usize;
                    rows.push(String::from_utf8_lossy(&body[6..6 + length]).into_owned());
                }
                b'E' => {
                    let field = |letter: u8| {
                        let mut fields = body.split(|byte| *byte == 0);
                        let field = fields.find(|field| field.first() == Some(&letter));
                        field.map_or(String::new(), |field| String::from_utf8_lossy(&field[1..]).into_owned())
                    };
                    failure = Some(Failure { code: field(b'C'), message: field(b'M') });
                }
                b'Z' => return Ok(failure.map_or(Ok(rows), Err)),
                _ => {}
            }
        }
    }
}
