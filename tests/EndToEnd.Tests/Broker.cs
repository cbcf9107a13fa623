namespace Messaging.EndToEnd.Tests;

/// <summary>
/// The broker is one for all tests, each of which has a virtual host or queues of its own. Those that stop, freeze or alarm it, and those that listen
/// to all of the process, run after all others, one after the other.
/// </summary>
[CollectionDefinition("broker", DisableParallelization = true)]
public static class Broker;
