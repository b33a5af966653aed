"""A headless Chromium that is signed in. After each test its console must be clean: no script error, no
resource that the Content-Security-Policy refused."""

import shutil
import uuid

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--disable-dev-shm-usage", "--window-size=1280,900")


@pytest.fixture(scope="session")
def chromium():
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not browser or not driver:
        pytest.skip("no chromium and chromedriver (Debian packages chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(driver))
    yield driver
    driver.quit()


class Site:
    """The pages as a person meets them."""

    def __init__(self, driver, env):
        self.driver = driver
        self.base = env["BINCARD_URL"].rstrip("/")
        self.env = env

    def open(self, path):
        self.driver.get(self.base + path)

    def one(self, selector):
        """Waits for it: a page that a confirmed question leads to is on its way."""
        return WebDriverWait(self.driver, 10).until(lambda driver: driver.find_element(By.CSS_SELECTOR, selector))

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def link(self, text):
        return self.driver.find_element(By.LINK_TEXT, text)

    def text(self):
        return self.one("main").text

    def path(self):
        return self.driver.current_url.removeprefix(self.base)

    def type(self, name, value):
        field = self.driver.find_element(By.NAME, name)
        field.clear()
        field.send_keys(value)

    def go(self, element):
        """Clicks what leads to another page and waits for that page."""
        page = self.one("html")
        element.click()
        WebDriverWait(self.driver, 10).until(lambda driver: self._is_gone(page))

    @staticmethod
    def _is_gone(element):
        try:
            element.tag_name
        except Exception:  # the driver has several for an element of a page that was left
            return True
        return False

    def submit(self):
        self.go(self.one("main form[method=post] button.primary"))

    def focused(self):
        return self.driver.switch_to.active_element

    def sign_in(self):
        self.open("/login")
        self.type("name", self.env["BINCARD_USER"])
        self.type("password", self.env["BINCARD_PASSWORD"])
        self.submit()

    def console(self):
        return [entry for entry in self.driver.get_log("browser")
                if entry["level"] == "SEVERE" or "Content Security Policy" in entry["message"]]


@pytest.fixture(scope="session")
def signed_in(chromium, server):
    if "BINCARD_USER" not in server or "BINCARD_PASSWORD" not in server:
        pytest.skip("BINCARD_USER and BINCARD_PASSWORD are not set")
    site = Site(chromium, server)
    site.sign_in()
    assert site.path() == "/"
    return site


@pytest.fixture
def site(signed_in):
    signed_in.console()
    yield signed_in
    refused = "Failed to load resource: the server responded with a status of 4"
    faults = [entry["message"] for entry in signed_in.console() if refused not in entry["message"]]
    assert not faults, faults


@pytest.fixture
def narrow(site):
    site.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                {"width": 360, "height": 780, "deviceScaleFactor": 1, "mobile": True})
    yield site
    site.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.fixture
def unique():
    return uuid.uuid4().hex[:10].upper()


@pytest.fixture
def item(api, unique):
    answer = api.post("/v1/items", json={"sku": "IT-" + unique, "name": "Thing " + unique, "unit": "each",
                                         "barcodes": ["BC" + unique]})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def bins(api, unique):
    """Two bins of a site, by code."""
    codes = ["S-" + unique, "A-" + unique, "B-" + unique]
    for code, kind, parent in zip(codes, ("site", "bin", "bin"), (None, codes[0], codes[0])):
        body = {"code": code, "name": "Place " + code, "kind": kind}
        if parent:
            body["parent"] = parent
        answer = api.post("/v1/locations", json=body)
        assert answer.status_code == 201, answer.text
    return codes[1:]


@pytest.fixture
def stocked(api, item, bins):
    """The item with 10 in the first bin."""
    answer = api.post("/v1/movements", json={"type": "receipt", "reference": "PO-" + item["sku"], "lines": [
        {"sku": item["sku"], "from": "@supplier", "to": bins[0], "quantity": "10"}]})
    assert answer.status_code == 201, answer.text
    return item
