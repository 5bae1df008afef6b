"""For tests only: a subject that misbehaves as its first argument says.

It keeps what it acknowledged in memory, so that a read by the same process finds it.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import time

how = sys.argv[1]
said = {}  # id: body
store = "."


def say(text):
    data = text if isinstance(text, bytes) else text.encode()
    while data:
        data = data[os.write(1, data):]


def ok(**more):
    say(json.dumps({"result": "ok", **more}) + "\n")


def sleep_for_ever():
    while True:
        time.sleep(60)


def child(*argv, **options):
    return subprocess.Popen([sys.executable, "-c", *argv], **options)


def broadcast(request):
    said[request["id"]] = request["body"]
    if how == "fails":
        say('{"result":"fail","code":13,"error":"somebody has it open"}\n')
    elif how == "unsure":
        say('{"result":"info","error":"the disk did not say"}\n')
    elif how == "tells":
        seen = {"argv": sys.argv[2:], "cwd": os.getcwd(), "mode": os.environ.get("MODE"),
                "home": "HOME" in os.environ, "descriptors": sorted(map(int, os.listdir("/proc/self/fd")))}
        say(json.dumps({"result": "fail", "error": json.dumps(seen)}) + "\n")
    elif how == "hangs":
        sleep_for_ever()
    elif how == "ignores-sigterm":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        open(os.path.join(store, "asked"), "a").close()
        sleep_for_ever()
    elif how == "late":
        time.sleep(float(sys.argv[2]))
        ok()
    elif how == "exits":
        print("out of luck", file=sys.stderr)
        sys.exit(3)
    elif how == "crashes":
        os.kill(os.getpid(), signal.SIGSEGV)
        sleep_for_ever()
    elif how == "kills-its-group":
        os.kill(0, signal.SIGKILL)
        sleep_for_ever()
    elif how == "closes-stdout":
        os.close(1)
        sleep_for_ever()
    elif how == "closes-stdin":
        os.close(0)
        ok()
        sleep_for_ever()
    elif how == "rubbish":
        say("Traceback (most recent call last):\n")
    elif how == "not-utf8":
        say(b'{"result":"\xff\xfe"}\n')
    elif how == "half-a-line":
        say('{"result":"o')
        sys.exit(0)
    elif how == "twice":
        say('{"result":"ok"}\n{"result":"ok"}\n')
    elif how == "out-of-turn":
        ok(op="broadcast", id="9-9")
    elif how == "wrong-op":
        ok(op="read")
    elif how == "long-line":
        say('{"result":"ok","note":"' + "x" * (int(sys.argv[2]) - 25) + '"}\n')
    elif how == "endless-line":
        while True:
            say("x" * 65536)
    elif how == "deep":
        say("[" * 1000000 + "\n")
    elif how == "stderr":
        for _ in range(64):
            os.write(2, b"y" * 65536 + b"\n")
        ok()
    elif how == "leaves-child":
        child("import time; time.sleep(60)")
        ok()
        sys.exit(0)
    elif how == "leaves-daemon":
        child("import os, time\nos.setsid()\nif os.fork() == 0: time.sleep(60)").wait()
        ok()
        sys.exit(0)
    else:
        ok()  # it misbehaves elsewhere, or not at all


def claim(agent, agents):
    """Says whether its number is its own: nobody else has it while it lives."""
    try:
        os.close(os.open(os.path.join(store, f"claim-{agent}"), os.O_CREAT | os.O_EXCL))
        alone = "alone"
    except FileExistsError:
        alone = "with another"
    with open(os.path.join(store, "claims"), "a") as claims:
        claims.write(f"{agent} of {agents} {alone}\n")
    atexit.register(os.unlink, os.path.join(store, f"claim-{agent}"))


for line in sys.stdin:
    asked = json.loads(line)
    if asked["op"] == "init":
        store = asked["dir"]
        if how == "no-init":
            say('{"result":"fail","error":"not today"}\n')
            continue
        if how == "dies-at-init":
            sys.exit(1)
        if how == "claims":
            claim(asked["agent"], asked["agents"])
        ok()
    elif asked["op"] == "broadcast":
        broadcast(asked)
    elif asked["op"] == "read":
        if how == "many-entries":
            ok(entries=["0-0"] * 100000)
        elif how == "odd-entries":
            say('{"result":"ok","entries":[{"id":"0-0","body":[1]}]}\n')
        elif how == "no-entries":
            ok()
        elif how == "ids-alone":
            ok(entries=list(said))
        else:
            ok(entries=[{"id": name, "body": body} for name, body in said.items()])
    elif how == "will-not-quit":
        sleep_for_ever()
    elif how == "quits-badly":
        sys.exit(7)
    else:
        break
