"""Tests of the project as a whole: settings, commands, layers, deployment and documents."""
