//! `m1import sandbox`: a local server that behaves like the documented endpoint.

use super::{listening, print, runtime, say, terminal};
use crate::cli::Typed;
use crate::config::{self, Env};
use crate::diagnostic::{Diagnostic, Exit};
use crate::error::Error;
use crate::pipeline::{self, RunInfo};
use crate::report::text;
use crate::sandbox::Sandbox;
use crate::terminal::{Color, Terminal};

/// Runs the sandbox until a signal ends it.
pub(super) fn serve(typed: &Typed, env: &Env) -> Exit {
    let terminal = terminal(Color::Auto, env);
    match served(typed, &terminal) {
        Ok(code) => code,
        Err(error) => {
            if let Some(error) = &pipeline::failed(&RunInfo::new(String::new()), &error).ending.error {
                say(&terminal, &text::error(error));
            }
            error.exit()
        }
    }
}

fn served(typed: &Typed, terminal: &Terminal) -> Result<Exit, Error> {
    let options = config::sandbox(typed)?;
    let runtime = runtime()?;
    let code = runtime.block_on(async {
        let stop = listening()?;
        let port = options.port;
        let sandbox = Sandbox::start(options).await.map_err(|error| Error::Port { port, error })?;
        print(terminal, &format!("{}\n", sandbox.endpoint()));
        stop.wait().await;
        let contacts = sandbox.contacts();
        sandbox.stop().await;
        terminal.say(&format!("the sandbox held {contacts} contacts"));
        Ok(Exit::Complete)
    });
    runtime.shutdown_background();
    code
}
