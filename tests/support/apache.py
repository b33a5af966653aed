"""Apache httpd with one of the shipped samples, before the installation of a support/stack.Stack."""
import os
import re
import subprocess

import requests

import stack as parts

MODULES = "/usr/lib/apache2/modules"
# What the samples tell an administrator to enable, and what Debian always has.
COMMON = "mpm_event authz_core alias mime headers filter deflate"
SAMPLES = {"fcgid": "fcgid proxy proxy_http rewrite", "proxy-fcgi": "proxy proxy_fcgi proxy_http rewrite"}


def not_as_root():
    """Apache does not serve as root; in a user namespace of its own root looks like somebody else."""
    if os.geteuid() != 0:
        return []
    number = subprocess.run(["id", "-u", "www-data"], capture_output=True, text=True, check=True).stdout.strip()
    return ["unshare", "--user", f"--map-user={number}", f"--map-group={number}", "--"]


class Apache:
    def __init__(self, place, sample, more=""):
        self.place, self.sample, self.more = place, sample, more
        self.folder = place.folder / f"apache-{sample}"
        self.port = parts.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (self.folder / "fcgid").mkdir(parents=True)
        (self.folder / "fcgid").chmod(0o700)
        (self.folder / "apache.conf").write_text(self.conf())
        self.process = subprocess.Popen(
            [*not_as_root(), *parts.DIES_WITH_US, "apache2", "-f", str(self.folder / "apache.conf"), "-DFOREGROUND"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=place.environment())
        parts.wait_for("apache", self.answers, 20)

    def answers(self):
        try:
            return requests.get(self.url + "/static/css/bincard.css", timeout=30).status_code == 200
        except requests.ConnectionError:
            assert self.process.poll() is None, "Apache did not start"
            return False

    def conf(self):
        """The sample that the project ships, with what a Debian installation has around it."""
        sample = (parts.ROOT / "conf" / f"apache-{self.sample}.conf.in").read_text()
        for name, value in (("@pkgdatadir@", parts.ROOT), ("@bindir@/bincard", parts.BINARY),
                            ("@sysconfdir@/bincard/bincard.conf", self.place.conf),
                            ("@runstatedir@/bincard/bincard.sock", self.place.socket),
                            ("@runstatedir@/bincard/events.sock", self.place.events)):
            sample = sample.replace(name, str(value))
        assert "@" not in re.sub("#.*", "", sample)
        load = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so"
                         for name in f"{COMMON} {SAMPLES[self.sample]}".split())
        own = f"""FcgidIPCDir "{self.folder}/fcgid"
FcgidProcessTableFile "{self.folder}/fcgid_shm"
""" if self.sample == "fcgid" else ""
        return f"""ServerRoot "{self.folder}"
DefaultRuntimeDir "{self.folder}"
PidFile "{self.folder}/apache.pid"
Mutex "file:{self.folder}" default
ServerName 127.0.0.1
Listen 127.0.0.1:{self.port}
ErrorLog "{self.place.folder}/apache-{self.sample}.log"
DocumentRoot "{parts.ROOT}/static"
TypesConfig /dev/null
AddType text/css .css
AddType text/javascript .js
AddType image/svg+xml .svg
{load}
{own}<Directory />
	AllowOverride None
	Require all denied
</Directory>
{sample}
{self.more}
<VirtualHost *:{self.port}>
RewriteEngine On
</VirtualHost>
"""

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
