//! What does one run of a process cost?

use std::process::{Command, Stdio};
use std::time::Instant;

/// The cost of one run.
pub struct Usage {
    /// Wall time.
    pub seconds: f64,
    /// Time of all cores together.
    pub cpu_seconds: f64,
    /// Largest resident set, mapped files included.
    pub peak_bytes: u64,
}

/// Runs a command to its end. Fails where it cannot be started or does not succeed.
pub fn measure(command: &[String]) -> Result<Usage, String> {
    let (program, arguments) = command.split_first().ok_or("an empty command")?;
    let start = Instant::now();
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    let mut status = 0;
    // SAFETY: a zeroed rusage is a valid one, and the child is ours and not yet waited for.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        if libc::wait4(child.id() as i32, &mut status, 0, &mut usage) < 0 {
            return Err(format!("{program}: cannot be waited for"));
        }
        usage
    };
    let seconds = start.elapsed().as_secs_f64();
    if !libc::WIFEXITED(status) || libc::WEXITSTATUS(status) != 0 {
        let beginning: Vec<&str> = command.iter().take(8).map(String::as_str).collect();
        return Err(format!("`{} …` failed", beginning.join(" ")));
    }
    let time = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    Ok(Usage {
        seconds,
        cpu_seconds: time(usage.ru_utime) + time(usage.ru_stime),
        peak_bytes: usage.ru_maxrss as u64 * 1024,
    })
}

/// What a program says of its version; nothing where it is not there.
pub fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_string())
}

/// Processor and number of cores.
pub fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = model.map_or("an unknown processor", |(_, name)| name);
    format!("{model}, {cores} cores")
}
