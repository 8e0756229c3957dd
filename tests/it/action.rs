//! The GitHub Action: the steps of `action.yml` are run as a runner runs them, with what the README passes to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::support::program::Folder;
use super::support::sandbox_process::SandboxProcess;

fn text(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The script of a step of `action.yml`.
fn script(step: &str) -> String {
    let action = text("action.yml");
    let step = action.split(&format!("- name: {step}\n")).nth(1).unwrap();
    let lines = step.split("run: |\n").nth(1).unwrap().lines();
    lines.take_while(|line| line.starts_with("        ")).map(|line| format!("{}\n", line.trim_start())).collect()
}

/// The value of an input in the example of the README.
fn given(input: &str) -> String {
    let readme = text("README.md");
    let yaml = readme.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    yaml.lines().find_map(|line| line.trim().strip_prefix(&format!("{input}: "))).unwrap().to_owned()
}

fn run(folder: &Folder, script: &str, path: &Path, variables: &[(&str, &str)]) -> Output {
    Command::new("bash")
        .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script])
        .current_dir(folder.path(""))
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", path.display()))
        .env("HOME", folder.home(""))
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_step_that_imports_does_what_the_readme_says() {
    let sandbox = SandboxProcess::new(&[]);
    let folder = Folder::new();
    fs::create_dir(folder.path("fixtures")).unwrap();
    folder.write("fixtures/contacts.csv", text("samples/contacts.csv"));
    let settings = text("samples/m1import.toml");
    let staging = "https://staging.example.com/inbox/users/import";
    assert!(settings.contains(staging), "{settings}");
    folder.write("m1import.toml", settings.replace(staging, sandbox.url()));
    let (file, arguments) = (given("file"), given("arguments"));
    let variables = [
        ("M1IMPORT_TOKEN", "sandbox"),
        ("FILES", file.as_str()),
        ("ARGUMENTS", arguments.as_str()),
        ("GITHUB_ACTIONS", "true"),
    ];
    let program = PathBuf::from(env!("CARGO_BIN_EXE_m1import"));
    let output = run(&folder, &script("Import"), program.parent().unwrap(), &variables);
    assert!(output.status.success(), "{}", words(&output));
    let readme = text("README.md");
    let uploaded = readme.split("path: \"**/*").nth(1).unwrap().split('"').next().unwrap();
    assert!(folder.has(&format!("fixtures/contacts{uploaded}")), "{uploaded}: {}", words(&output));
    assert!(folder.has("contacts.xml") && folder.has("contacts.md"), "{}", words(&output));

    let without = [("M1IMPORT_TOKEN", ""), ("FILES", file.as_str()), ("ARGUMENTS", "--sandbox")];
    let output = run(&folder, &script("Import"), program.parent().unwrap(), &without);
    assert!(output.status.success(), "no token is needed for the sandbox: {}", words(&output));
}

/// The releases are a folder here, from which a `curl` of the test takes what is asked for.
#[test]
fn the_step_that_installs_takes_only_the_binary_that_the_sums_name() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    for name in ["release", "bin", "temp"] {
        fs::create_dir(folder.path(name)).unwrap();
    }
    let binary = "m1import-0.1.0-x86_64-unknown-linux-gnu";
    folder.write(&format!("release/{binary}"), "#!/bin/sh\necho installed\n");
    let url = "https://github.com/OWNER/m1import/releases/download/v0.1.0/";
    let curl = format!(
        "#!/bin/sh\nfor word; do case $word in {url}*) cp \"$RELEASE/${{word#{url}}}\" . || exit 22 ;; esac; done\n"
    );
    folder.write("bin/curl", curl);
    fs::set_permissions(folder.path("bin/curl"), fs::Permissions::from_mode(0o755)).unwrap();
    let sums = Command::new("sha256sum").arg(binary).current_dir(folder.path("release")).output().unwrap().stdout;
    let release = folder.path("release").display().to_string();
    let (temp, added) = (folder.path("temp").display().to_string(), folder.path("added").display().to_string());
    let install = |sums: &[u8], arch: &str| {
        folder.write("release/SHA256SUMS", sums);
        let variables = [
            ("VERSION", "0.1.0"),
            ("REPOSITORY", "OWNER/m1import"),
            ("RUNNER_TEMP", temp.as_str()),
            ("RUNNER_OS", "Linux"),
            ("RUNNER_ARCH", arch),
            ("GITHUB_PATH", added.as_str()),
            ("RELEASE", release.as_str()),
        ];
        run(&folder, &script("Install"), &folder.path("bin"), &variables)
    };
    let other = [b"0".repeat(64), format!("  {binary}\n").into_bytes()].concat();
    for (sums, arch) in [(other.as_slice(), "X64"), (b"", "X64"), (&sums, "RISCV64"), (&sums, "ARM64")] {
        let output = install(sums, arch);
        assert!(!output.status.success() && !folder.has("temp/m1import-bin/m1import"), "{}", words(&output));
    }
    let output = install(&sums, "X64");
    assert!(output.status.success(), "{}", words(&output));
    assert_eq!(folder.read("added"), format!("{temp}/m1import-bin\n"));
    assert_eq!(Command::new(folder.path("temp/m1import-bin/m1import")).output().unwrap().stdout, b"installed\n");
}
