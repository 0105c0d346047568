"""The planted bugs of the simulation: that each can still be planted, and says what it breaks."""
import importlib.machinery
import importlib.util
import pathlib
import tempfile
import unittest

path = str(pathlib.Path(__file__).with_name("planted_bugs"))
loader = importlib.machinery.SourceFileLoader("planted_bugs", path)
planted_bugs = importlib.util.module_from_spec(importlib.util.spec_from_loader("planted_bugs", loader))
loader.exec_module(planted_bugs)


class PlantedBugsTest(unittest.TestCase):
    def test_there_are_twenty_and_each_applies(self):
        patches = planted_bugs.find_patches([])
        self.assertGreaterEqual(len(patches), 20)
        self.assertEqual(planted_bugs.check(patches), [])

    def test_a_patch_that_does_not_fit_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            patch = pathlib.Path(folder) / "01-wrong.patch"
            patch.write_text("diff --git a/layers.txt b/layers.txt\n--- a/layers.txt\n+++ b/layers.txt\n@@ -1 +1 @@\n-no such line\n+x\n")
            problems = planted_bugs.check([patch])
        self.assertEqual(len(problems), 2)
        self.assertTrue(all(problem.startswith("01-wrong.patch") for problem in problems))

    def test_only_what_differs_is_copied(self):
        with tempfile.TemporaryDirectory() as folder:
            source, target = pathlib.Path(folder) / "a", pathlib.Path(folder) / "b"
            source.mkdir()
            (source / "kept").write_text("same")
            planted_bugs.copy_changed(source, target)
            before = (target / "kept").stat().st_mtime_ns
            (source / "new").write_text("new")
            (target / "gone").write_text("gone")
            planted_bugs.copy_changed(source, target)
            self.assertEqual((target / "kept").stat().st_mtime_ns, before)
            self.assertEqual(sorted(file.name for file in target.iterdir()), ["kept", "new"])


if __name__ == "__main__":
    unittest.main()
