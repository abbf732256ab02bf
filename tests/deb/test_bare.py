"""A bare Debian 12 in a folder (debootstrap; as root, with the network): the package is installed by apt, a contest is made,
and runs from the command lines of the timer's service and of cron, as the package's user, and under systemd itself, started
in namespaces of its own."""
import contextlib
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

BARE = os.environ.get("XINLV_BARE", os.path.join(homes.ROOT, "build/bare"))
MIRROR = os.environ.get("XINLV_MIRROR", "http://deb.debian.org/debian")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
NOW = "2023-03-30T09:00:00+08:00"
_root = None


def inside(*args, user=None, check=0, env=()):
    cmd = ["chroot", root()] + (["runuser", "-u", user, "--"] if user else []) + ["env", "PATH=" + PATH, "LC_ALL=C.UTF-8", *env, *args]
    r = subprocess.run(cmd, capture_output=True, text=True)
    assert check is None or r.returncode == check, (args, r.returncode, r.stdout[-3000:], r.stderr[-3000:])
    return r


def root():
    """The bare system with the package in it, made once."""
    global _root
    if _root is None:
        subprocess.run(["umount", BARE + "/proc"], stderr=subprocess.DEVNULL)  # of a test that was stopped
        shutil.rmtree(BARE, ignore_errors=True)
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", BARE, MIRROR], check=True, stdout=subprocess.DEVNULL)
        _root = BARE
        subprocess.run(["mount", "-t", "proc", "proc", BARE + "/proc"], check=True)
        made = subprocess.run(["make", "--no-print-directory", "deb"], cwd=homes.ROOT, check=True, capture_output=True, text=True)
        shutil.copy(os.path.join(homes.ROOT, made.stdout.strip().splitlines()[-1]), BARE + "/xinlv.deb")
        inside("apt-get", "-qq", "-y", "--no-install-recommends", "install", "/xinlv.deb", env=["DEBIAN_FRONTEND=noninteractive"])
    return _root


def close():
    if _root:
        subprocess.run(["umount", _root + "/proc"])
        shutil.rmtree(_root, ignore_errors=True)


def test_a_contest_from_the_timers_command_line():
    assert re.search(r"^xinlv:x:\d+:", inside("getent", "passwd", "xinlv").stdout), "the package makes its user"
    inside("xinlv", "init", "/var/lib/xinlv/contest", user="xinlv")
    assert "hold" in inside("xinlv", "-C", "/var/lib/xinlv/contest", "check", user="xinlv").stdout
    path = root() + "/var/lib/xinlv/contest"
    home = homes.Home(path)
    home.lay(mails.mail("a@example.cn", "T3", "", [("T3.xlsx", samples.form(home, "T3")), ("盖章.pdf", samples.PDF)]),
             "2023-03-09T10:00:00+08:00")
    home.lay(mails.mail("b@example.cn", "T4", "", [("T4.xlsx", samples.form(home, "T4", contact__mail="nobody")), ("盖章.pdf", samples.PDF)]),
             "2023-03-09T11:00:00+08:00")
    owner = os.stat(path)
    for folder, _, names in os.walk(path + "/spool/inbox"):
        for n in names:
            os.chown(os.path.join(folder, n), owner.st_uid, owner.st_gid)
    with open(root() + "/usr/lib/systemd/system/xinlv@.service") as f:
        line = re.search(r"^ExecStart=(.*)$", f.read(), re.M)[1].replace("%i", "contest")
    with open(root() + "/usr/share/doc/xinlv/examples/cron") as f:
        cron = [text for text in f.read().splitlines() if text and not text.startswith("#")][0].split(None, 6)
    assert cron[5] == "xinlv" and cron[6].split()[1:] == line.split()[1:], "the timer and cron start the same"
    inside(*line.split(), user="xinlv", env=["XINLV_NOW=" + NOW, "XINLV_LOG=journal"])
    shown = inside("xinlv", "-C", "/var/lib/xinlv/contest", "log", "--json", user="xinlv", env=["XINLV_NOW=" + NOW]).stdout
    assert re.findall(r'"outcome":"(\w+)"', shown) == ["accepted", "rejected"], shown
    assert len(os.listdir(path + "/spool/outbox/new")) >= 2
    inside("xinlv", "-C", "/var/lib/xinlv/contest", "verify", user="xinlv", env=["XINLV_NOW=" + NOW])
    inside("sh", "-c", cron[6], user="xinlv", env=["XINLV_NOW=" + NOW])


# In namespaces of its own, where the folder is the root: what systemd needs to be process 1, and then systemd.
BOOT = """
mount --make-rprivate / && mount --bind "$0" "$0" && cd "$0" || exit
umount proc 2>/dev/null
mount -t proc proc proc && mount -t sysfs -o ro sysfs sys && mount -t tmpfs -o mode=755 tmpfs run && mount --bind /dev dev || exit
if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
  mount -t cgroup2 cgroup2 sys/fs/cgroup
else
  mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup && mkdir sys/fs/cgroup/systemd &&
  mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
fi || exit
container=other exec chroot . /lib/systemd/systemd --system --unit=multi-user.target
"""


@contextlib.contextmanager
def booted():
    """Gives what runs a command in the booted system."""
    inside("apt-get", "-qq", "-y", "--no-install-recommends", "install", "systemd-sysv", env=["DEBIAN_FRONTEND=noninteractive"])
    for unit in ("getty@tty1", "serial-getty@ttyS0", "console-getty"):
        inside("systemctl", "mask", unit + ".service")
    boot = subprocess.Popen(["unshare", "-p", "-m", "-n", "-u", "-i", "-C", "-f", "--kill-child", "sh", "-c", BOOT, root()],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run(*args, check=0):
        with open("/proc/%d/task/%d/children" % (boot.pid, boot.pid)) as f:
            pid = f.read().split()[0]
        r = subprocess.run(["nsenter", "-t", pid, "-p", "-m", "-n", "-u", "-i", "-r", "-w", "env", "PATH=" + PATH, *args],
                           capture_output=True, text=True, timeout=120)
        assert check is None or r.returncode == check, (args, r.returncode, r.stdout[-3000:], r.stderr[-3000:])
        return r.stdout

    try:
        end = time.monotonic() + 60
        state = ""
        while state not in ("running", "degraded"):  # what else cannot start in a folder is not ours
            assert boot.poll() is None and time.monotonic() < end, (boot.poll(), state)
            time.sleep(0.2)
            with contextlib.suppress(IndexError, FileNotFoundError):
                state = run("systemctl", "is-system-running", check=None).strip()
        yield run
    finally:
        boot.kill()
        boot.wait()


def test_a_service_under_systemd():
    path = root() + "/var/lib/xinlv/timed"
    inside("xinlv", "init", "/var/lib/xinlv/timed", user="xinlv")
    home = homes.Home(path)
    home.lay(mails.mail("a@example.cn", "T3", "", [("T3.xlsx", samples.form(home, "T3")), ("盖章.pdf", samples.PDF)]),
             "2023-03-09T10:00:00+08:00")
    inside("chown", "-R", "xinlv:xinlv", "/var/lib/xinlv/timed/spool/inbox")
    os.makedirs(root() + "/etc/systemd/system/xinlv@.service.d", exist_ok=True)
    with open(root() + "/etc/systemd/system/xinlv@.service.d/now.conf", "w") as f:
        f.write("[Service]\nEnvironment=XINLV_NOW=%s\n" % NOW)
    with booted() as run:
        run("systemctl", "enable", "--now", "xinlv@timed.timer")
        assert run("systemctl", "is-active", "xinlv@timed.timer").strip() == "active"
        run("systemctl", "start", "xinlv@timed.service")  # as the timer does; returns when the tick is over
        shown = run("systemctl", "show", "-p", "Result,ExecMainStatus", "xinlv@timed.service")
        assert "Result=success" in shown and "ExecMainStatus=0" in shown, shown
        log = run("runuser", "-u", "xinlv", "--", "env", "XINLV_NOW=" + NOW, "xinlv", "-C", "/var/lib/xinlv/timed", "log", "--json")
        assert re.findall(r'"outcome":"(\w+)"', log) == ["accepted"], log
        with open(path + "/rules/contest.yaml", "a") as f:
            f.write("nonsense: yes\n")
        run("systemctl", "start", "xinlv@timed.service", check=1)  # the unit fails with the run's status, and its log says why
        assert "ExecMainStatus=78" in run("systemctl", "show", "-p", "ExecMainStatus", "xinlv@timed.service")
        said = run("journalctl", "-u", "xinlv@timed.service", "-o", "cat", "--no-pager")
        assert "rules/contest.yaml:" in said and "nonsense" in said, said


def test_removing_it_leaves_the_contest():
    os.makedirs(root() + "/var/lib/xinlv/kept", exist_ok=True)
    inside("apt-get", "-qq", "-y", "purge", "xinlv", env=["DEBIAN_FRONTEND=noninteractive"])
    assert not os.path.exists(root() + "/usr/bin/xinlv") and os.path.exists(root() + "/var/lib/xinlv/kept")
