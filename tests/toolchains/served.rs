//! A component that answers HTTP requests, served by jco.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::project;

/// Until the first response; a loaded machine takes its time to compile.
const LIMIT: Duration = Duration::from_secs(300);

/// A server and the processes that it started.
struct Server(Child);

impl Server {
    fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SAFETY: a signal to a process group that was made for this child.
        unsafe {
            libc::kill(-(self.0.id() as i32), libc::SIGKILL);
        }
        let _ = self.0.wait();
    }
}

/// The bodies of the responses to a GET of each path, by a component for this version of WASI.
pub fn responses(wasm: &[u8], wasi: &str, paths: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let folder = folder.path();
    fs::write(folder.join("component.wasm"), wasm).expect("a temporary file can be written");
    let said = fs::File::create(folder.join("log")).expect("a temporary file can be written");
    let port = free_port();
    let mut command = match wasi {
        "0.3" => by_node(folder),
        _ => by_jco(),
    };
    let server = command
        .arg(port.to_string())
        .env("PATH", project::path())
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(said)
        .process_group(0)
        .spawn();
    let mut server = Server(server.expect("the server starts"));
    let begin = Instant::now();
    let mut bodies = Vec::new();
    while begin.elapsed() < LIMIT && !server.has_ended() {
        match ask(port, paths[bodies.len()]) {
            Some(body) => bodies.push(body),
            None => std::thread::sleep(Duration::from_millis(100)),
        }
        if bodies.len() == paths.len() {
            return bodies;
        }
    }
    drop(server);
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    panic!("no response:\n{log}");
}

fn by_jco() -> Command {
    let mut command = Command::new("jco");
    command
        .args(["serve", "component.wasm", "--jco-dir", "served"])
        // Engines that allow one request per instance are asked for one.
        .args(["--isolate-requests", "instance", "--port"]);
    command
}

/// Makes a program for Node.js of the component.
fn by_node(folder: &Path) -> Command {
    let modules = folder.join("node_modules");
    std::os::unix::fs::symlink(node_modules(), modules).expect("a temporary link can be made");
    let transpiled = Command::new("jco")
        .args(["transpile", "component.wasm", "-o", "app", "-q"])
        .args(["--async-mode", "jspi"])
        .args([
            "--map",
            "wasi:http/*=@bytecodealliance/preview3-shim/http#*",
        ])
        .env("PATH", project::path())
        .current_dir(folder)
        .output()
        .expect("jco starts");
    assert!(
        transpiled.status.success(),
        "{}",
        project::text(&transpiled)
    );
    let script = include_str!("serve.mjs");
    fs::write(folder.join("serve.mjs"), script).expect("a temporary file can be written");
    let module = r#"{"type": "module"}"#;
    fs::write(folder.join("package.json"), module).expect("a temporary file can be written");
    let mut command = Command::new("node");
    command.args(["--experimental-wasm-jspi", "serve.mjs"]);
    command
}

/// Where jco is installed, with all that it needs.
fn node_modules() -> PathBuf {
    let path = project::path();
    let mut found = std::env::split_paths(&path).map(|folder| folder.join("jco"));
    let jco = found.find_map(|path| path.canonicalize().ok());
    let jco = jco.expect("it was looked for");
    let modules = jco.ancestors().find(|path| path.ends_with("node_modules"));
    modules.expect("jco is a package of npm's").to_path_buf()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
    listener.local_addr().expect("it has an address").port()
}

/// The body of a successful response, where there is one by now.
fn ask(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(LIMIT)).ok()?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let succeeded = head.lines().next()?.contains(" 200 ");
    succeeded.then(|| body.to_string())
}
