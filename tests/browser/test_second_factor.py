"""A member of staff sets up a second factor and signs in with it, as with a phone in the other hand."""

import re
import subprocess
import time

import pytest
from selenium.webdriver.common.keys import Keys

import totp
from test_accessibility import CHECKS


def scan(driver, path):
    """What a phone's camera sees of the page."""
    driver.save_screenshot(str(path))
    done = subprocess.run(["zbarimg", "--quiet", "--raw", str(path)], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def check(site):
    """In both schemes and on a narrow screen, as test_accessibility.py does with pages that have an address."""
    media, metrics = "Emulation.setEmulatedMedia", "Emulation.setDeviceMetricsOverride"
    for scheme in ("dark", "light"):
        site.driver.execute_cdp_cmd(media, {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        time.sleep(0.3)  # colours change slowly
        assert site.driver.execute_script(CHECKS) == []
    site.driver.execute_cdp_cmd(media, {"features": []})
    site.driver.execute_cdp_cmd(metrics, {"width": 360, "height": 780, "deviceScaleFactor": 1, "mobile": True})
    assert site.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    site.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.fixture
def other(stack, chromium, site, unique):
    """The browser with a new clerk in it, and afterwards with the administrator again."""
    name, cookies = "ann-" + unique.lower(), chromium.get_cookies()
    password = stack.add_user(name, "clerk")
    chromium.delete_all_cookies()
    sign_in(site, name, password)
    yield site, name, password
    chromium.delete_all_cookies()
    site.open("/docs")
    for cookie in cookies:
        chromium.add_cookie(cookie)


def sign_in(site, name, password):
    site.open("/login")
    site.type("name", name)
    site.type("password", password)
    site.submit()


def test_set_up_and_signed_in_with(other, stack, chromium, tmp_path):
    site, name, password = other
    site.open("/account")
    site.go(site.link("Set up a second factor"))
    site.submit()
    image = site.one("img.qr")
    assert chromium.execute_script("return arguments[0].naturalWidth", image) > 0
    key = stack.keep_secret(site.one(".key").text)
    said = scan(chromium, tmp_path / "page.png")
    assert re.fullmatch(rf"otpauth://totp/bincard:{name}\?secret={key.replace(' ', '')}&.*", said)
    check(site)
    site.type("password", password)
    site.type("code", "000")
    site.submit()
    check(site)
    assert "This code is not right" in site.text() and site.one(".key").text == key
    site.type("password", password)
    site.type("code", totp.code(key))
    site.submit()
    codes = [stack.keep_secret(li.text) for li in site.all("ul.codes li")]
    assert len(codes) == 10 and "Your second factor is on" in site.text()
    check(site)
    site.go(site.link("I have kept them"))
    assert "with 10 recovery codes left" in site.text()
    site.open("/account/second-factor")
    check(site)
    site.go(site.one("form.who button"))
    sign_in(site, name, password)
    assert site.path() == "/login/code"
    assert site.focused().get_attribute("name") == "code"  # at once with the keyboard
    check(site)
    site.focused().send_keys(codes[0])
    page = site.one("html")
    site.focused().send_keys(Keys.ENTER)
    while not site._is_gone(page):
        time.sleep(0.05)
    assert site.path() == "/" and name in site.one("form.who").text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_qr_code_can_be_scanned_in_any_scheme(other, chromium, tmp_path, scheme):
    site = other[0]
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia",
                             {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    site.open("/account/second-factor")
    site.submit()
    assert scan(chromium, tmp_path / "page.png").startswith("otpauth://")
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
