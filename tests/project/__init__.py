"""Tests of the ground: settings, the two commands, the rooms and the doctor."""
