"""matchcue-train as people run it: the same bytes for the same seed, whatever interrupts it."""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

from harness import BINARY

TRAINER = BINARY.parent / "matchcue-train"
EPOCHS = 4


class TrainerProgram(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="matchcue-trainer-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        subprocess.run([BINARY, "sample-data", cls.folder / "data", "--viewers", "200", "--interactions", "4000"], check=True,
                       stdout=subprocess.DEVNULL)
        cls.undisturbed = cls.answer(cls.start("undisturbed"))

    @classmethod
    def start(cls, out, *arguments, seed=7, epochs=EPOCHS):
        files = [argument for kind in ("interactions", "items", "users") for argument in (f"--{kind}", cls.folder / f"data/{kind}.csv")]
        return subprocess.Popen(
            [TRAINER, *files, "--out", cls.folder / out, "--seed", str(seed), "--threads", "1", "--set", f"epochs={epochs}",
             "--progress", "json", "--json", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})

    @staticmethod
    def answer(process):
        """What it says at its end."""
        said, progress = process.communicate()
        if process.returncode != 0:
            raise AssertionError(progress)
        return json.loads(said)

    def wait_for_epoch(self, process):
        """Reads its progress until an epoch is over; that one."""
        for line in process.stderr:
            said = json.loads(line)
            if said["stage"] == "epoch":
                return said
        self.fail(process.communicate())

    def versions(self, out):
        return sorted(path.name for path in (self.folder / out).glob("*/manifest.json"))

    def test_the_same_seed_is_the_same_version_and_another_is_another(self):
        self.assertEqual(self.answer(self.start("again"))["solution_version"], self.undisturbed["solution_version"])
        self.assertNotEqual(self.answer(self.start("other", seed=8))["solution_version"], self.undisturbed["solution_version"])

    def test_progress_says_epoch_loss_validation_and_what_is_left(self):
        process = self.start("progress")
        epoch = self.wait_for_epoch(process)
        self.assertEqual((epoch["epoch"], epoch["epochs"]), (1, EPOCHS))
        for name in ("loss", "validation", "eta_s"):
            self.assertGreater(epoch[name], 0, epoch)
        self.answer(process)

    def test_killed_it_goes_on_to_the_same_version(self):
        process = self.start("killed")
        self.wait_for_epoch(process)
        self.wait_for_epoch(process)  # by now what is needed to go on after the first one is written
        process.kill()
        process.communicate()
        self.assertEqual(process.returncode, -signal.SIGKILL)
        self.assertEqual(self.versions("killed"), [])
        resumed = self.start("killed", "--resume")
        first = self.wait_for_epoch(resumed)
        self.assertEqual(self.answer(resumed)["solution_version"], self.undisturbed["solution_version"])
        self.assertGreater(first["epoch"], 1)

    def test_interrupted_it_keeps_the_best_so_far(self):
        process = self.start("interrupted", epochs=1000)
        self.assertEqual(self.wait_for_epoch(process)["epochs"], 1000)
        process.send_signal(signal.SIGINT)
        answer = self.answer(process)
        self.assertLess(answer["best_epoch"], 1000)
        self.assertTrue((self.folder / "interrupted" / answer["solution_version"] / "manifest.json").exists())


if not TRAINER.exists():
    print("not run, for want of matchcue-train, which needs libtorch: its own tests")
    del TrainerProgram

if __name__ == "__main__":
    unittest.main()
