using Messaging.ServiceDefaults.Hosting;

namespace Messaging.Api.Tests.Hosting;

public sealed class ArgumentsTests
{
    [Theory]
    [InlineData("--migrte", "--migrte is not an argument; did you mean --migrate?")]
    [InlineData("--Database:Host", "--Database:Host is neither an argument nor a setting")]
    [InlineData("-x", "-x is neither an argument nor a setting")]
    [InlineData("serve", "serve is neither an argument nor a setting")]
    [InlineData("--Database:Host --Database:Port=1", "--Database:Host is neither an argument nor a setting")]
    [InlineData("--url http://localhost:1", "--url is not a setting; did you mean --urls?")]
    [InlineData("--port=9000", "--port is not a setting. Settings have a section")]
    [InlineData("Database__Host=db", "--Database__Host is not a setting. Settings have a section")]
    public void An_unknown_argument_is_named(string arguments, string problem) =>
        Assert.StartsWith(problem, Arguments.Problem(arguments.Split(' '), [ServiceHost.Migrate]), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("--migrate --Database:Host db")]
    [InlineData("--migrate --Database:Host=db --urls=http://localhost:1")]
    [InlineData("Database:Host=db")]
    [InlineData("--Database:Name db --Database:Username db")]
    [InlineData("--environment Development --contentRoot=/tmp --http_ports 1")]
    public void Settings_and_the_programs_own_are_taken(string arguments) =>
        Assert.Null(Arguments.Problem(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), [ServiceHost.Migrate]));

    [Fact]
    public void Two_settings_may_have_one_value() =>
        Assert.Equal("db", ServiceHost.CreateSlimBuilder(["--Database:Name", "db", "--Database:Username", "db"]).Configuration["Database:Username"]);

    [Fact]
    public void A_setting_may_be_empty() => Assert.Null(Arguments.Problem(["--Mail:Username", "", "--Mail:Password", ""], []));

    [Fact]
    public void An_own_argument_does_not_swallow_the_setting_behind_it() =>
        Assert.Equal("db", ServiceHost.CreateSlimBuilder(["--migrate", "--Database:Host=db"]).Configuration["Database:Host"]);
}
