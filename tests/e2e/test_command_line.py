"""The command line as somebody meets it who types it wrong."""
import subprocess
import unittest

from harness import BINARY, ENVIRONMENT

USAGE = 2


def run(*words):
    return subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=30, env=ENVIRONMENT, check=False)


class CommandLine(unittest.TestCase):
    def test_an_unknown_word_names_its_nearest_relative(self):
        for words, wrong, right in ((("serve", "--lisen=x"), "--lisen", "--listen"), (("event", "lst"), "lst", "list"),
                                    (("simulat", "match"), "simulat", "simulate"), (("--jso", "doctor"), "--jso", "--json")):
            with self.subTest(words):
                result = run(*words)
                self.assertEqual(result.returncode, USAGE)
                self.assertIn(f'"{wrong}": did you mean {right}?', result.stderr)

    def test_nothing_is_suggested_where_nothing_is_near(self):
        result = run("serve", "--banana")
        self.assertEqual(result.returncode, USAGE)
        self.assertNotIn("did you mean", result.stderr)


if __name__ == "__main__":
    unittest.main()
