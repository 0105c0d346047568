"""tools/ml-1m on a few lines: what matchcue-train reads, and what is read of its output."""
import importlib.machinery
import importlib.util
import pathlib
import unittest

loader = importlib.machinery.SourceFileLoader("ml_1m", str(pathlib.Path(__file__).with_name("ml-1m")))
ml_1m = importlib.util.module_from_spec(importlib.util.spec_from_loader("ml_1m", loader))
loader.exec_module(ml_1m)

VALIDATION = {"hit_at_10": .3, "ndcg_at_10": .2, "mean_reciprocal_rank": .15, "asked": 6040}
ANSWER = {"id": "user-personalization-0123456789ab", "best_epoch": 20, "validation": VALIDATION, "ridge_weight": .6,
          "test": {"hit_at_10": .25, "ndcg_at_10": .15, "mean_reciprocal_rank": .1, "asked": 6040},
          "served": {"hit_at_10": .24, "ndcg_at_10": .14, "mean_reciprocal_rank": .09, "asked": 6040},
          "compared": {"answers": 6040, "largest_difference": 3.1e-5, "same_lists": 6039}}


class Ml1mTest(unittest.TestCase):
    def test_an_acts_time_is_its_place_in_its_users_history(self):
        self.assertEqual(ml_1m.convert("1 10\n1 3416\n20 7\n1 2\n").splitlines(),
                         ["USER_ID,ITEM_ID,TIMESTAMP", "u0001,i0010,1", "u0001,i3416,2", "u0020,i0007,1", "u0001,i0002,3"])

    def test_a_row_is_the_network_as_the_protocol_asks_it(self):
        self.assertEqual(ml_1m.row_of(2, ANSWER, 13.25),
                         "| 2 | 20 | 0.60 | 0.3000 / 0.2000 | 0.2500 | 0.1500 | 0.1000 | 13.2 |")

    def test_without_a_ridge_or_a_test_the_row_says_so(self):
        answer = {"best_epoch": 3, "validation": VALIDATION, "ridge_weight": 0}
        self.assertEqual(ml_1m.row_of(1, answer, 1), "| 1 | 3 | 0.00 | 0.3000 / 0.2000 |  |  |  | 1.0 |")
        self.assertEqual(ml_1m.test_of(answer), [])

    def test_what_is_served_is_told_beside_it(self):
        self.assertEqual(ml_1m.served_text(ANSWER), "served: HR@10 0.2400 NDCG@10 0.1400 of 6040; scores differ by at most "
                                                    "3.1e-05; 6039 of 6040 lists of ten are the same")

    def test_the_last_row_has_the_mean_and_the_deviation(self):
        self.assertIn("| 0.2000, 0.1414 | 0.3000, 0.1414 |", ml_1m.mean_row([[.1, .2], [.3, .4]]))


if __name__ == "__main__":
    unittest.main()
