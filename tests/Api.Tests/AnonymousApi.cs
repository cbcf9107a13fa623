namespace Messaging.Api.Tests;

/// <summary>A process for all tests of a class, whose clients have no key.</summary>
public sealed class AnonymousApi() : SharedApi(new StandaloneApi { IsAnonymous = true });
