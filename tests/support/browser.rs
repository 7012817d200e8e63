//! Headless Chromium, driven through chromedriver (W3C WebDriver), where there is one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A window. It is closed in the end.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    profile: tempfile::TempDir,
    /// What it says later has to go somewhere.
    _output: BufReader<ChildStdout>,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.ask("DELETE", "", &Value::Null);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    /// `None`, loudly, where there is no Chromium with its driver.
    pub fn start() -> Option<Browser> {
        let driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut driver = match driver {
            Ok(driver) => driver,
            Err(error) => return missing(&error.to_string()),
        };
        let mut output = BufReader::new(driver.stdout.take().expect("it is piped"));
        let port = port(&mut output).expect("chromedriver says its port");
        let profile = tempfile::tempdir().expect("there is a place for temporary files");
        let mut browser = Browser {
            driver,
            port,
            session: String::new(),
            profile,
            _output: output,
        };
        let answer = browser.ask("POST", "", &browser.capabilities());
        match answer["value"]["sessionId"].as_str() {
            Some(session) => browser.session = format!("/{session}"),
            None => return missing(&answer.to_string()),
        }
        Some(browser)
    }

    fn capabilities(&self) -> Value {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        let args = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            &profile,
        ];
        json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": args},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}})
    }

    /// One request; what cannot be asked is null.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = match method {
            "POST" => body.to_string(),
            _ => String::new(),
        };
        let request = format!(
            "{method} /session{}{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.session,
            body.len()
        );
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else {
            return Value::Null;
        };
        if stream.write_all(request.as_bytes()).is_err() {
            return Value::Null;
        }
        let mut answer = String::new();
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or_default();
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let _ = reader.take(length).read_to_string(&mut answer);
        serde_json::from_str(&answer).unwrap_or_default()
    }

    fn must(&self, path: &str, body: &Value) -> Value {
        let answer = self.ask("POST", path, body);
        let error = &answer["value"]["error"];
        assert!(answer.is_object() && error.is_null(), "{path}: {answer}");
        answer["value"].clone()
    }

    pub fn open(&self, page: &Path) {
        self.must(
            "/url",
            &json!({"url": format!("file://{}", page.display())}),
        );
    }

    pub fn resize(&self, width: u32, height: u32) {
        // A headless window has no frame, but no less than 500 columns either.
        let metrics = json!({
            "cmd": "Emulation.setDeviceMetricsOverride",
            "params": {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false},
        });
        self.must("/goog/cdp/execute", &metrics);
    }

    /// The value of an expression.
    pub fn eval(&self, expression: &str) -> Value {
        let script = format!("return {expression};");
        self.must("/execute/sync", &json!({"script": script, "args": []}))
    }

    fn element(&self, selector: &str) -> String {
        let found = self.must(
            "/element",
            &json!({"using": "css selector", "value": selector}),
        );
        found[ELEMENT]
            .as_str()
            .expect("it is an element")
            .to_string()
    }

    pub fn click(&self, selector: &str) {
        self.must(
            &format!("/element/{}/click", self.element(selector)),
            &json!({}),
        );
    }

    /// Types into an element; special keys are those of WebDriver.
    pub fn type_into(&self, selector: &str, text: &str) {
        let path = format!("/element/{}/value", self.element(selector));
        self.must(&path, &json!({"text": text}));
    }

    /// Presses a key where the focus is.
    pub fn press(&self, key: &str) {
        let actions = json!([{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]);
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": actions});
        self.must("/actions", &json!({"actions": [keyboard]}));
    }

    /// Errors that the page reported since the last time.
    pub fn errors(&self) -> Vec<String> {
        let log = self.must("/se/log", &json!({"type": "browser"}));
        let lines = log.as_array().into_iter().flatten();
        let severe = lines.filter(|line| line["level"] == "SEVERE");
        severe.map(|line| line["message"].to_string()).collect()
    }

    /// Keeps a picture in the folder `WCT_SCREENSHOTS`, where it is set.
    pub fn keep_picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("WCT_SCREENSHOTS") else {
            return;
        };
        // The whole page, not only what the window shows.
        let [width, height] = ["scrollWidth", "scrollHeight"]
            .map(|side| self.eval(&format!("document.documentElement.{side}")));
        let picture = json!({
            "cmd": "Page.captureScreenshot",
            "params": {
                "captureBeyondViewport": true,
                "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1},
            },
        });
        let answer = self.must("/goog/cdp/execute", &picture);
        let picture = answer["data"].as_str().expect("it is a picture");
        std::fs::write(
            Path::new(&folder).join(format!("{name}.png")),
            decode(picture),
        )
        .expect("the folder can be written");
    }
}

/// The driver says where it listens before anything else that matters.
fn port(output: &mut BufReader<ChildStdout>) -> Option<u16> {
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some((_, port)) = line.trim_end().rsplit_once("on port ") {
            match port.trim_end_matches('.').parse().ok() {
                // It repeats that it was to choose one.
                Some(0) => {}
                port => return port,
            }
        }
    }
}

/// Base 64.
fn decode(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter_map(|byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    });
    let (mut bits, mut held, mut out) = (0u32, 0, Vec::new());
    for digit in digits {
        bits = bits << 6 | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out
}

/// A missing tool is a loud skip; with `REQUIRE_TOOLS=1` a failure.
fn missing<T>(reason: &str) -> Option<T> {
    assert!(
        std::env::var_os("REQUIRE_TOOLS").is_none_or(|value| value.is_empty() || value == "0"),
        "chromium and chromedriver are required: {reason}"
    );
    eprintln!("SKIPPED: chromium or chromedriver is missing: {reason}");
    None
}
