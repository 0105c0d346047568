"""tools/check_layers on small trees made for each case."""
import contextlib
import importlib.machinery
import importlib.util
import io
import pathlib
import tempfile
import unittest

sys_path = str(pathlib.Path(__file__).with_name("check_layers"))
loader = importlib.machinery.SourceFileLoader("check_layers", sys_path)
check_layers = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_layers", loader))
loader.exec_module(check_layers)


class CheckLayersTest(unittest.TestCase):
    def check(self, layers, **files):
        """Exit status and output for a tree; a__b="x.h ..." makes src/a/b.h including those, and an a.cc."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "layers.txt").write_text(layers)
            for name, includes in files.items():
                path = root / "src" / (name.replace("__", "/") + ".h")
                path.parent.mkdir(parents=True, exist_ok=True)
                if not name.startswith("only_headers"):
                    (path.parent / "a.cc").touch()
                path.write_text("// first line\n" + "".join(f'#include "{i}"\n' for i in includes.split()))
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                status = check_layers.main(["--root", folder, "--report"])
            return status, output.getvalue()

    def test_a_listed_edge_passes(self):
        self.assertEqual(self.check("low:\nhigh: low\n", low__a="", high__b="low/a.h")[0], 0)

    def test_an_unlisted_edge_fails_at_its_line(self):
        status, output = self.check("low:\nhigh:\n", low__a="", high__b="low/a.h")
        self.assertEqual(status, 1)
        self.assertIn("src/high/b.h:2: high may not include low (layers.txt:2)", output)

    def test_an_unused_edge_fails(self):
        status, output = self.check("low:\nhigh: low\n", low__a="", high__b="")
        self.assertEqual(status, 1)
        self.assertIn("layers.txt:2: high lists low and never includes it", output)

    def test_an_unused_edge_to_a_folder_without_sources_passes(self):
        self.assertEqual(self.check("low:\nhigh: low\n", high__b="")[0], 0)

    def test_an_unused_edge_of_a_folder_of_headers_passes(self):
        self.assertEqual(self.check("low:\nonly_headers: low\n", low__a="", only_headers__b="")[0], 0)

    def test_listing_a_higher_layer_fails(self):
        status, output = self.check("low: high\nhigh:\n", low__a="high/b.h", high__b="")
        self.assertEqual(status, 1)
        self.assertIn("layers.txt:1: low lists high, which is not a lower layer", output)

    def test_a_cycle_of_folders_fails(self):
        status, output = self.check("a:\nb: a\n", a__x="b/y.h", a__z="", b__y="a/z.h")
        self.assertEqual(status, 1)
        self.assertIn("cycle of folders: a b", output)
        self.assertNotIn("cycle of files", output)

    def test_a_cycle_of_files_fails(self):
        status, output = self.check("a:\n", a__x="a/y.h", a__y="a/x.h")
        self.assertEqual(status, 1)
        self.assertIn("src/a/x.h:2: cycle of files: a/x.h a/y.h", output)

    def test_an_include_that_is_not_from_src_fails(self):
        status, output = self.check("a:\n", a__x="y.h", a__y="")
        self.assertEqual(status, 1)
        self.assertIn('src/a/x.h:2: "y.h" is not a path from src/', output)

    def test_a_folder_missing_in_layers_fails(self):
        self.assertIn("folder b is not in layers.txt", self.check("a:\n", a__x="", b__y="a/x.h")[1])


if __name__ == "__main__":
    unittest.main()
