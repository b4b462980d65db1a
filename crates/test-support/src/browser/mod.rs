//! Chromium, driven through `WebDriver`.

#![expect(clippy::missing_panics_doc, reason = "a test that cannot go on panics")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};
use url::{ParseError, Url};

use crate::installed_or_left_out;

/// How long anything may take to show.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser without a window.
#[derive(Debug)]
pub struct Browser {
    /// What drives it.
    pub client: Client,
    _driver: Driver,
    _turn: MutexGuard<'static, ()>,
}

/// One browser at a time takes all that a small machine has.
static TURN: Mutex<()> = Mutex::const_new(());

/// The driver, which ends with the test, and takes the browser along.
#[derive(Debug)]
struct Driver {
    process: Child,
    _home: tempfile::TempDir,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The driver leads a group of its own, so that its browser ends with it even where the test panicked.
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.process.wait();
    }
}

/// A command of Chromium's own protocol.
#[derive(Debug)]
struct Cdp {
    command: String,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Cdp {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "cmd": self.command, "params": self.parameters }).to_string()))
    }
}

/// What the browser wrote into its console.
#[derive(Debug)]
struct Console;

impl WebDriverCompatibleCommand for Console {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

impl Browser {
    /// Starts a browser. Where there is none, the running test is recorded as left out.
    pub async fn start() -> Option<Self> {
        let [chromium, chromedriver] = installed_or_left_out(["chromium", "chromedriver"])?;
        let turn = TURN.lock().await;
        let (driver, port) = start_driver(&chromedriver);
        let options = json!({
            "binary": chromium,
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en-GB"],
        });
        let capabilities = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
        let capabilities = capabilities.as_object().unwrap().clone();
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&format!("http://127.0.0.1:{port}")).await;
        let browser = Self { client: client.unwrap(), _driver: driver, _turn: turn };
        browser.resize(1280, 900).await;
        Some(browser)
    }

    /// Sends a command of Chromium's own protocol.
    pub async fn cdp(&self, command: &str, parameters: Value) -> Value {
        self.client.issue_cmd(Cdp { command: command.to_owned(), parameters }).await.unwrap()
    }

    /// A viewport of this size: a window cannot be made as narrow as a telephone.
    pub async fn resize(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Prefers `light` or `dark`.
    pub async fn prefer(&self, scheme: &str) {
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] })).await;
    }

    /// What a script returns.
    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until an expression is true.
    pub async fn until(&self, expression: &str) {
        let begin = Instant::now();
        while self.script(&format!("return Boolean({expression})")).await != true {
            if begin.elapsed() > PATIENCE {
                let page = self.script("return document.body.innerText").await;
                panic!("{expression} does not become true on\n{}", page.as_str().unwrap_or_default());
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Waits until the page shows a text, however it is broken into lines.
    pub async fn sees(&self, text: &str) {
        self.until(&format!("document.body.innerText.replace(/\\s+/g, ' ').includes({})", json!(text))).await;
    }

    /// Clicks what an `XPath` finds, once it is there and stays there.
    pub async fn click(&self, path: &str) {
        let begin = Instant::now();
        loop {
            let outcome = match self.client.find(Locator::XPath(path)).await {
                Ok(found) => found.click().await,
                Err(error) => Err(error),
            };
            match outcome {
                Ok(()) => return,
                Err(error) if begin.elapsed() > PATIENCE => panic!("{path}: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(30)).await,
            }
        }
    }

    /// Chooses the option of this value, once it is there and stays there.
    pub async fn choose(&self, name: &str, value: &str) {
        let begin = Instant::now();
        loop {
            let outcome = match self.client.find(Locator::Css(&format!("select[name={name}]"))).await {
                Ok(found) => found.select_by_value(value).await,
                Err(error) => Err(error),
            };
            match outcome {
                Ok(()) => return,
                Err(error) if begin.elapsed() > PATIENCE => panic!("{name}={value}: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(30)).await,
            }
        }
    }

    /// Types into what a selector finds, once it is there.
    pub async fn write(&self, css: &str, text: &str) {
        self.until(&format!("document.querySelector({})", json!(css))).await;
        let found = self.client.find(Locator::Css(css)).await.unwrap();
        found.send_keys(text).await.unwrap();
    }

    /// Presses Tab or Enter where the focus is.
    pub async fn press(&self, key: &str) {
        let (code, text) = if key == "Enter" { (13, "\r") } else { (9, "") };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
            self.cdp("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Presses Tab so often, in one command: each has its own round trip otherwise.
    pub async fn press_tab(&self, times: usize) {
        let value = char::from(Key::Tab);
        let keys = (0..times)
            .fold(KeyActions::new("keyboard".to_owned()), |keys, _| keys.then(KeyAction::Down { value }).then(KeyAction::Up { value }));
        self.client.perform_actions(keys).await.unwrap();
    }

    /// What went wrong on the pages so far, as the browser tells it: broken policies, missing files, errors.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.client.issue_cmd(Console).await.unwrap();
        let severe = log.as_array().unwrap().iter().filter(|entry| entry["level"] == "SEVERE");
        severe.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The texts that are hard to read: whose contrast is less than 4.5 to 1.
    pub async fn faint(&self) -> Vec<String> {
        texts(&self.script(include_str!("contrast.js")).await)
    }

    /// What of the page the Tab key does not reach, what does not show that it has the focus, and what has no name.
    pub async fn out_of_reach(&self) -> Vec<String> {
        let wanted = self.script(
            "window.reached = new Set(); window.plain = []; \
             const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((one) => one.checkVisibility()); \
             window.wanted = all; \
             addEventListener('focusin', ({ target }) => { \
                 reached.add(target); if (getComputedStyle(target).outlineStyle === 'none') plain.push('no outline: ' + target.outerHTML.slice(0, 90)); \
             }); return all.length",
        );
        let wanted = wanted.await.as_u64().unwrap();
        assert!(wanted > 8, "{wanted}");
        self.press_tab(usize::try_from(wanted).unwrap() + 8).await;
        let missed = self.script(
            "const there = wanted.filter((one) => one.isConnected); const shown = (word, all) => all.map((one) => word + one.outerHTML.slice(0, 90)); \
             return [...plain, ...shown('not reached: ', there.filter((one) => !reached.has(one))), \
                 ...shown('no name: ', there.filter((one) => !(one.innerText?.trim() || one.labels?.length || one.ariaLabel)))]",
        );
        texts(&missed.await)
    }

    /// What the viewport shows, in WebP.
    pub async fn picture(&self) -> Vec<u8> {
        let taken = self.cdp("Page.captureScreenshot", json!({ "format": "webp", "quality": 70 })).await;
        BASE64.decode(taken["data"].as_str().unwrap().as_bytes()).unwrap()
    }

    /// Ends it.
    pub async fn close(self) {
        self.client.clone().close().await.unwrap();
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
}

fn start_driver(chromedriver: &Path) -> (Driver, u16) {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(chromedriver);
    command.arg("--port=0").env("HOME", home.path()).env("TMPDIR", home.path()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_CACHE_HOME");
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut process = command.spawn().unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let driver = Driver { process, _home: home };
    for line in lines.map_while(Result::ok) {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            return (driver, port.trim_end_matches('.').parse().unwrap());
        }
    }
    panic!("chromedriver does not say its port");
}
