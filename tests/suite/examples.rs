//! The pipelines in examples/ do what they say, on generated inputs.
//!
//! That with PostgreSQL starts a server of its own on a socket in a temporary directory, and is skipped where there is none installed.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::tool::{Ended, Place, ended, near};

/// The example, to be run in `place` with this rowfold.
fn example(place: &Place, name: &str) -> Command {
    let tool = place.tool();
    let directory = Path::new(tool.get_program()).parent().expect("a directory").to_owned();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    let mut command = Command::new("bash");
    command.arg(script).current_dir(place.path("")).env("PATH", path_behind(&directory));
    command
}

/// The search path with `directory` before all others.
fn path_behind(directory: &Path) -> OsString {
    let others = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(directory.to_owned()).chain(std::env::split_paths(&others));
    std::env::join_paths(all).expect("no colon in a directory")
}

/// What a command that must succeed says on stdout.
fn said(command: &mut Command, stdin: &[u8]) -> String {
    let Ended { code, stdout, stderr } = ended(command, stdin);
    assert!(code == 0, "{command:?}: {code}: {stderr}");
    String::from_utf8(stdout).expect("UTF-8")
}

fn generate(place: &Place, words: &str) {
    let directory = place.path("").into_os_string();
    let words = ["data-gen"].into_iter().chain(words.split(' ')).chain(["--output"]).map(Into::into);
    data_gen::run(words.chain([directory])).expect("room");
}

#[test]
fn json_lines_become_an_answer_in_one_pipe() {
    let place = Place::with(&[]);
    let truth = place.generate("tweets --rows 20000 --shape real --layout lines", "tweets.json");
    let mut expected = String::from("date,username,tweets\n");
    for day in truth["top_days"].as_array().expect("a list") {
        let [date, username] = ["date", "username"].map(|name| day[name].as_str().expect("text"));
        expected += &format!("{date},{username},{}\n", day["tweets"]);
    }
    assert_eq!(said(example(&place, "tweets.sh").arg("tweets.json"), b""), expected);
    let lines = fs::read(place.path("tweets.json")).expect("written");
    assert_eq!(said(&mut example(&place, "tweets.sh"), &lines), expected);
    let good = "{\"id\":1,\"content\":\"x\",\"date\":\"2021-02-12\"}\n".repeat(2);
    let bad = ended(&mut example(&place, "tweets.sh"), format!("{good}{{\"id\":\n").as_bytes());
    assert!(bad.code == 3 && bad.stderr.contains("stdin: line 3: byte "), "{bad:?}");
}

#[test]
fn raw_exports_become_current_tables_and_answers() {
    let place = Place::with(&[]);
    generate(&place, "patrons --users 2000");
    let truth: Value = serde_json::from_str(&place.read("truth.json")).expect("JSON");
    // What is loaded again changes nothing.
    for _ in 0..2 {
        said(example(&place, "patrons.sh").args([".", "tables"]), b"");
        for (question, key) in
            [("by-country", "by_country"), ("posts-by-month", "posts_by_month"), ("top-countries", "top_countries")]
        {
            let rows = answer(&place, question);
            near(&rows, &truth[key]);
        }
        near(&answer(&place, "summary")[0], &truth["summary"]);
    }
}

/// The rows of an answer of patrons, as JSON has them.
fn answer(place: &Place, question: &str) -> Value {
    let path = format!("tables/answers/patrons-{question}.csv");
    serde_json::from_str(&place.answer(&["convert", &path, "-", "--format", "json"])).expect("JSON")
}

/// A server of PostgreSQL that is stopped when this is dropped.
struct Server {
    programs: Programs,
    directory: PathBuf,
}

/// Where PostgreSQL's programs are, and who may run them.
struct Programs {
    directory: PathBuf,
    /// A server refuses to run as root.
    user: Option<String>,
}

impl Programs {
    /// Those that are installed, if they can be run.
    fn find() -> Option<Programs> {
        let others = std::env::var_os("PATH").unwrap_or_default();
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let packaged = versions.map(|version| version.path().join("bin"));
        let mut all = packaged.chain(std::env::split_paths(&others));
        let directory =
            all.find(|path| ["initdb", "pg_ctl", "postgres"].iter().all(|name| path.join(name).exists()))?;
        said_anything(Command::new("psql").arg("--version"))?;
        let is_root = fs::metadata("/proc/self").ok()?.uid() == 0;
        let user = ["postgres", "nobody"]
            .into_iter()
            .find(|user| is_root && said_anything(&mut as_user(user, "true")).is_some());
        (user.is_some() || !is_root).then(|| Programs { directory, user: user.map(str::to_owned) })
    }

    fn command(&self, name: &str) -> Command {
        let program = self.directory.join(name);
        match &self.user {
            Some(user) => as_user(user, &program.to_string_lossy()),
            None => Command::new(program),
        }
    }
}

/// `program`, to be run by `user`.
fn as_user(user: &str, program: &str) -> Command {
    let mut command = Command::new("runuser");
    command.args(["-u", user, "--", program]);
    command
}

fn said_anything(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

impl Server {
    /// A new one whose data and socket lie in `place`; `None` where PostgreSQL is not installed.
    fn start(place: &Place) -> Option<Server> {
        let programs = Programs::find()?;
        let directory = place.path("server");
        fs::create_dir(&directory).expect("room");
        // Whoever runs the server comes in here, and writes there.
        for (path, mode) in [(place.path(""), 0o755), (directory.clone(), 0o777)] {
            fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("ours");
        }
        let server = Server { programs, directory };
        let initdb = &mut server.programs.command("initdb");
        said(
            initdb.args(["--auth=trust", "--username=shop", "--no-sync", "--encoding=UTF8", "-D"]).arg(server.data()),
            b"",
        );
        let options = format!("-c listen_addresses= -c fsync=off -k {}", server.directory.display());
        let log = server.directory.join("log");
        let start = &mut server.programs.command("pg_ctl");
        let started =
            start.args(["start", "--wait", "--silent", "-o", &options, "-l"]).arg(log).arg("-D").arg(server.data());
        // Its own output goes nowhere: a server that inherits a pipe would keep it open.
        let started = started.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status();
        assert!(
            started.expect("pg_ctl").success(),
            "{}",
            fs::read_to_string(server.directory.join("log")).unwrap_or_default()
        );
        Some(server)
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// `command` with this server as psql's.
    fn reached<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("PGHOST", &self.directory).env("PGUSER", "shop").env("PGDATABASE", "postgres")
    }

    /// What psql says to `commands`.
    fn ask(&self, commands: &[&str], stdin: &[u8]) -> String {
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--csv", "--tuples-only", "--set", "ON_ERROR_STOP=1"]);
        for command in commands {
            psql.args(["--command", command]);
        }
        said(self.reached(&mut psql), stdin)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut stop = self.programs.command("pg_ctl");
        let _ = stop.args(["stop", "--wait", "--silent", "--mode=immediate", "-D"]).arg(self.data()).status();
    }
}

#[test]
fn a_table_of_postgresql_becomes_a_history_night_by_night_and_an_answer_goes_back() {
    let place = Place::with(&[]);
    let Some(server) = Server::start(&place) else {
        eprintln!("skipped: postgres, initdb, pg_ctl and psql are not all installed here (apt-get install postgresql)");
        return;
    };
    generate(&place, "purchases --days 4 --keys 300");
    server.ask(
        &["CREATE TABLE purchases (purchaseid bigint, customer text, product text, quantity int, price numeric, status text, date date)"],
        b"",
    );
    let truth: Value = serde_json::from_str(&place.read("truth.json")).expect("JSON");
    for day in truth["days"].as_array().expect("a list") {
        let snapshot = place.read(day["file"].as_str().expect("a name"));
        server.ask(&["TRUNCATE purchases", "\\copy purchases from stdin csv header"], snapshot.as_bytes());
        // The second time nothing has changed.
        for _ in 0..2 {
            said(server.reached(example(&place, "purchases.sh").arg("kept.csv")), b"");
        }
    }
    let expected = place.read("history.csv").replacen("PurchaseID", "purchaseid", 1);
    assert_eq!(place.read("kept.csv"), expected);
    let by_hand = "SELECT status, count(*) AS purchases, sum(quantity * price) AS worth FROM 'history.csv' \
                   WHERE valid_until IS NULL GROUP BY status ORDER BY status";
    let expected = place.answer(&["sql", by_hand, "--format", "csv"]);
    let loaded =
        server.ask(&["SELECT status, purchases, trim_scale(worth) FROM purchases_by_status ORDER BY status"], b"");
    assert_eq!(loaded, expected.split_once('\n').expect("a header").1);
    // A night that cannot be: the file stays as it was.
    let before = place.read("kept.csv");
    server.ask(
        &["TRUNCATE purchases", "\\copy purchases from stdin csv header"],
        place.read("duplicate-key.csv").as_bytes(),
    );
    let refused = ended(server.reached(example(&place, "purchases.sh").arg("kept.csv")), b"");
    assert_eq!(refused.code, 3, "{refused:?}");
    assert_eq!(place.read("kept.csv"), before);
}
