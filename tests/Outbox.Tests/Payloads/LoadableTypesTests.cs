using System.Reflection;
using Messaging.Outbox.Payloads;

namespace Messaging.Outbox.Tests.Payloads;

/// <summary>An assembly of which a dependency is absent.</summary>
public sealed class LoadableTypesTests
{
    [Fact]
    public void What_can_be_loaded_is_found_without_an_absent_dependency() =>
        Assert.Equal([typeof(MessagePlanTests.Letter)], LoadableTypes.Of(new HalfAssembly()));

    [Fact]
    public void A_type_that_cannot_be_read_is_passed_over() =>
        Assert.False(LoadableTypes.Read<bool>(typeof(string), _ => throw new FileNotFoundException("Optional.dll")));

    private sealed class HalfAssembly : Assembly
    {
        public override Type[] GetExportedTypes() => throw new FileNotFoundException("Optional.dll");

        public override Type[] GetTypes() =>
            throw new ReflectionTypeLoadException([typeof(MessagePlanTests.Letter), null, typeof(MessagePlanTests.TwoKeys)], [null, new FileNotFoundException("Optional.dll"), null]);
    }
}
