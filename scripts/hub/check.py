"""Compares models in Hugging Face's cache with what Hugging Face's own tools make of it.

Run by scripts/check-hub. A small hub on this machine hands out the encoder of the golden numbers. What `reel models pull` fetches
must be found offline by huggingface_hub and transformers; what huggingface_hub fetches must be found
by reel, give the same vector, and pass `reel models verify`. (huggingface_hub 2.4 and transformers 5
were used.)
"""
import hashlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MODEL = ROOT / "Tests/EmbeddersTests/Goldens/sentence-mean"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {str(path.relative_to(MODEL)): path.read_bytes()
         for path in sorted(MODEL.rglob("*")) if path.is_file()}


def git_digest(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def described(name, content):
    """A file as both listings have it."""
    entry = {"type": "file", "path": name, "rfilename": name, "size": len(content),
             "oid": git_digest(content), "blobId": git_digest(content)}
    if name.endswith(".safetensors"):
        digest = hashlib.sha256(content).hexdigest()
        entry["lfs"] = {"oid": digest, "sha256": digest, "size": len(content), "pointerSize": 134}
    return entry


class Hub(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = self.path.split("?")[0]
        if path.startswith("/api/models/org/name/tree/"):
            return self.answer(json.dumps([described(*file) for file in FILES.items()]).encode())
        if path.startswith("/api/models/org/name"):
            listing = {"id": "org/name", "modelId": "org/name", "sha": COMMIT, "private": False,
                       "tags": [], "downloads": 0, "likes": 0,
                       "siblings": [described(*file) for file in FILES.items()]}
            return self.answer(json.dumps(listing).encode())
        name = path.split(f"/resolve/{COMMIT}/")[-1].split("/resolve/main/")[-1]
        if name not in FILES:
            return self.answer(b"", 404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
        content, entry = FILES[name], described(name, FILES[name])
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{entry["oid"]}"', "Accept-Ranges": "bytes"}
        if "lfs" in entry:
            headers["ETag"] = f'"{entry["lfs"]["oid"]}"'
            headers |= {"X-Linked-Etag": headers["ETag"], "X-Linked-Size": str(len(content))}
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self.answer(content[start:], 206 if start else 200, headers)

    def answer(self, content, status=200, headers={}):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def run(command, environment):
    result = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


FOUND_BY_PYTHON = """
import huggingface_hub, transformers, sys
name = "org/name"
folder = huggingface_hub.snapshot_download(name, local_files_only=True)
path = huggingface_hub.hf_hub_download(name, "model.safetensors", local_files_only=True)
assert path.startswith(folder), (path, folder)
scan = huggingface_hub.scan_cache_dir()
assert not scan.warnings, scan.warnings
(repository,) = scan.repos
assert {"main"} == set(repository.refs), repository.refs
assert transformers.AutoConfig.from_pretrained(name, local_files_only=True).model_type == "bert"
transformers.AutoTokenizer.from_pretrained(name, local_files_only=True)
print(huggingface_hub.__version__, transformers.__version__)
"""
FETCHED_BY_PYTHON = """
import huggingface_hub
huggingface_hub.snapshot_download("org/name")
"""


def main():
    reel = str(pathlib.Path(sys.argv[1]).resolve())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        base = {name: value for name, value in os.environ.items()
                if not name.startswith(("HF_", "REEL_", "TRANSFORMERS_"))}
        base |= {"HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
                 "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_XET": "1",
                 "REEL_MODELS": folder + "/none"}
        ours = base | {"HF_HOME": folder + "/ours"}
        run([reel, "models", "pull", "org/name"], ours)
        versions = run([sys.executable, "-c", FOUND_BY_PYTHON], ours | {"HF_HUB_OFFLINE": "1"})
        print("Pulled by reel, found by huggingface_hub and transformers", versions.strip())
        theirs = base | {"HF_HOME": folder + "/theirs"}
        run([sys.executable, "-c", FETCHED_BY_PYTHON], theirs)
        embed = [reel, "embed", "--text", "a red car", "--model"]
        offline = theirs | {"HF_HUB_OFFLINE": "1"}
        if run(embed + ["org/name"], offline) != run(embed + [str(MODEL)], offline):
            sys.exit("The model that huggingface_hub fetched gives another vector.")
        print("Fetched by huggingface_hub, found by reel:",
              run([reel, "models", "verify", "org/name"], offline).strip())
        run([reel, "models", "pull", "org/name"], theirs)
        run([sys.executable, "-c", FOUND_BY_PYTHON], offline)
        print("Pulled again by reel into huggingface_hub's cache, and still found by it")


if __name__ == "__main__":
    main()
