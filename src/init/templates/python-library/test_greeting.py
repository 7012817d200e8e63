import unittest

from greeting import greeting


class GreetingTest(unittest.TestCase):
    def test_a_greeting_says_the_name(self):
        self.assertEqual(greeting("World"), "Hello, World!")
