[assembly: AssemblyFixture(typeof(Messaging.TestSupport.EndsWhenTerminated))]
