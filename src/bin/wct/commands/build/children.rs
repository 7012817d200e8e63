//! How are compilers run, so that none of them outlives the build?

use std::collections::BTreeSet;
use std::io;
use std::process::{Child, Command as Process, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use wct::build::{Command, Ended, Programs};

/// The programs that run now, by their numbers.
#[derive(Debug, Default)]
pub struct Children {
    running: Mutex<BTreeSet<u32>>,
}

/// What a shell expects of a program that was interrupted.
const INTERRUPTED: i32 = 130;

impl Children {
    /// Programs that end with this one, also where it is interrupted.
    pub fn watched() -> &'static Children {
        static CHILDREN: OnceLock<Children> = OnceLock::new();
        CHILDREN.get_or_init(|| {
            // Without a handler an interrupt ends this program alone, which is no reason to stop.
            let _ = ctrlc::set_handler(|| {
                if let Some(children) = CHILDREN.get() {
                    children.end();
                }
            });
            Children::default()
        })
    }

    fn running(&self) -> MutexGuard<'_, BTreeSet<u32>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all programs, and this one. Files are written to neighbours and renamed: there is no
    /// half of one.
    fn end(&self) {
        // Held to the end: no program is started any more.
        let running = self.running();
        for child in running.iter() {
            end_group(*child);
        }
        std::process::exit(INTERRUPTED);
    }
}

impl Programs for Children {
    fn run(&self, command: &Command) -> io::Result<Ended> {
        let mut process = Process::new(&command.program);
        process
            .args(&command.arguments)
            .current_dir(&command.folder)
            .envs(
                command
                    .environment
                    .iter()
                    .map(|(name, value)| (name, value)),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        apart(&mut process);
        let child = {
            let mut running = self.running();
            let child = process.spawn()?;
            running.insert(child.id());
            child
        };
        let number = child.id();
        let ended = wait(child);
        self.running().remove(&number);
        ended
    }
}

fn wait(child: Child) -> io::Result<Ended> {
    let output = child.wait_with_output()?;
    Ok(Ended {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// In a group of its own, with all that it starts.
#[cfg(unix)]
fn apart(process: &mut Process) {
    use std::os::unix::process::CommandExt;
    process.process_group(0);
}

#[cfg(not(unix))]
fn apart(_process: &mut Process) {}

#[cfg(unix)]
fn end_group(leader: u32) {
    let Ok(leader) = i32::try_from(leader) else {
        return;
    };
    // SAFETY: sends a signal; the group is one that this program made and still waits for.
    unsafe {
        libc::kill(-leader, libc::SIGKILL);
    }
}

#[cfg(not(unix))]
fn end_group(_leader: u32) {}
