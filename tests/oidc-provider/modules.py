"""npm's oidc-provider for tests, as the lock file has it: fetched once, beside the build of the program."""
import contextlib
import hashlib
import os
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def fetched(program):
    """The folder with server.mjs and what it needs. OSError with npm's words."""
    lock = (HERE / "package-lock.json").read_bytes()
    folder = pathlib.Path(program).resolve().parent.parent / ("oidc-provider-" + hashlib.sha256(lock).hexdigest()[:16])
    if not (folder / "done").exists():
        new = folder.with_name(folder.name + ".%d" % os.getpid())
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        for name in ("package.json", "package-lock.json", ".npmrc", "server.mjs"):
            shutil.copy(HERE / name, new)
        done = subprocess.run(["npm", "ci"], cwd=new, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            raise OSError("npm ci: " + done.stdout[-2000:])
        (new / "done").touch()
        with contextlib.suppress(OSError):  # another test was faster
            new.rename(folder)
    shutil.copy(HERE / "server.mjs", folder)
    return folder
