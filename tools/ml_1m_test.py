"""tools/ml-1m on a few lines: what matchcue-train reads, and what is read of its output."""
import importlib.machinery
import importlib.util
import pathlib
import unittest

loader = importlib.machinery.SourceFileLoader("ml_1m", str(pathlib.Path(__file__).with_name("ml-1m")))
ml_1m = importlib.util.module_from_spec(importlib.util.spec_from_loader("ml_1m", loader))
loader.exec_module(ml_1m)

OUTPUT = """user-personalization-0123456789ab
epoch 20 is the best; validation HR@10 0.3000 NDCG@10 0.2000 with a sequential ridge at weight 0.60
test: HR@10 0.2500 NDCG@10 0.1500 MRR 0.1000 of 6040 viewers
test, served: HR@10 0.2400 NDCG@10 0.1400 MRR 0.0900 of 6040 viewers
"""


class Ml1mTest(unittest.TestCase):
    def test_an_acts_time_is_its_place_in_its_users_history(self):
        self.assertEqual(ml_1m.convert("1 10\n1 3416\n20 7\n1 2\n").splitlines(),
                         ["USER_ID,ITEM_ID,TIMESTAMP", "u0001,i0010,1", "u0001,i3416,2", "u0020,i0007,1", "u0001,i0002,3"])

    def test_a_row_is_the_network_as_the_protocol_asks_it(self):
        self.assertEqual(ml_1m.row_of(2, OUTPUT, 13.25),
                         "| 2 | 20 | 0.60 | 0.3000 / 0.2000 | 0.2500 | 0.1500 | 0.1000 | 13.2 |")

    def test_without_a_ridge_or_a_test_the_row_says_so(self):
        output = "epoch 3 is the best; validation HR@10 0.3000 NDCG@10 0.2000\n"
        self.assertEqual(ml_1m.row_of(1, output, 1), "| 1 | 3 | 0 | 0.3000 / 0.2000 |  |  |  | 1.0 |")

    def test_the_last_row_has_the_mean_and_the_deviation(self):
        self.assertIn("| 0.2000, 0.1414 | 0.3000, 0.1414 |", ml_1m.mean_row([[.1, .2], [.3, .4]]))


if __name__ == "__main__":
    unittest.main()
