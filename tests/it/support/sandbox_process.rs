//! `m1import sandbox` as a process of its own.
#![expect(dead_code, reason = "used by the tests of the whole program, which come with it")]

use serde_json::Value;

use super::contacts::phone;
use super::http::get_with_token;
use super::program::{Folder, Started, eventually, m1import};

/// The sandbox as a process of its own, on a free port; ended with the value.
pub struct SandboxProcess {
    url: String,
    started: Started,
    _folder: Folder,
}

impl SandboxProcess {
    /// Starts it with further options.
    pub fn new(options: &[&str]) -> SandboxProcess {
        let folder = Folder::new();
        let started = m1import(&folder, ["sandbox", "--port", "0"]).with(options).start();
        eventually("the sandbox says its URL", || started.stdout().contains('\n'));
        let url = started.stdout().lines().next().unwrap_or("").to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}\n{}", started.stderr());
        SandboxProcess { url, started, _folder: folder }
    }

    /// The endpoint it has said.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it holds.
    pub fn contacts(&self) -> Vec<Value> {
        serde_json::from_value(get_with_token(&self.url, "/contacts", "sandbox").json()).expect("an array")
    }

    /// The phones it holds, in order of arrival.
    pub fn phones(&self) -> Vec<String> {
        self.contacts().iter().map(phone).collect()
    }

    /// The process.
    pub fn process(&self) -> &Started {
        &self.started
    }
}
